/** Sends the events about runs and maps to a seedkit's event bus. */
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

import {
  CodeseederError,
  EVENT_SOURCE,
  MAP_STATE_CHANGE,
  type MapRecord,
  RUN_REFUSED,
  RUN_STATE_CHANGE,
  type RunRecord,
  type RunRefused,
  toMapStateChange,
  toRunStateChange,
} from '../contract/index.js';

/** The event bus of a seedkit, with the client to use it. */
export interface RunBus {
  readonly events: EventBridgeClient;
  readonly eventBus: string;
}

/** Sends the `Run State Change` event of a run's current state. @throws CodeseederError `ControlPlaneError` */
export function announceRun(record: RunRecord, bus: RunBus): Promise<void> {
  const subject = `run ${record.runId} as ${record.status}`;
  return sendEvent(RUN_STATE_CHANGE, toRunStateChange(record), subject, bus);
}

/**
 * Sends the `Map State Change` event of a map's current state.
 * @throws CodeseederError `ControlPlaneError`
 */
export function announceMap(record: MapRecord, bus: RunBus): Promise<void> {
  const subject = `map ${record.mapId} as ${record.status}`;
  return sendEvent(MAP_STATE_CHANGE, toMapStateChange(record), subject, bus);
}

/** Sends the `Run Refused` event of a request that did not become a run. @throws CodeseederError `ControlPlaneError` */
export function announceRefusal(refused: RunRefused, bus: RunBus): Promise<void> {
  return sendEvent(RUN_REFUSED, refused, `refusal of the request ${refused.requestId}`, bus);
}

async function sendEvent(
  DetailType: string,
  detail: object,
  subject: string,
  { events, eventBus: EventBusName }: RunBus,
): Promise<void> {
  const entry = { EventBusName, Source: EVENT_SOURCE, DetailType, Detail: JSON.stringify(detail) };
  const { FailedEntryCount, Entries } = await events.send(new PutEventsCommand({ Entries: [entry] }));
  if (!FailedEntryCount) return;
  const { ErrorCode, ErrorMessage } = Entries?.[0] ?? {};
  const message = `Could not announce the ${subject} on ${EventBusName}: ${ErrorCode}: ${ErrorMessage}`;
  throw new CodeseederError('ControlPlaneError', message);
}
