/** Sends the events by which a seedkit announces its runs. */
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

import {
  CodeseederError,
  EVENT_SOURCE,
  RUN_REFUSED,
  RUN_STATE_CHANGE,
  type RunRecord,
  type RunRefused,
  toRunStateChange,
} from '../contract/index.js';

/** The event bus of a seedkit, with the client to use it. */
export interface RunBus {
  readonly events: EventBridgeClient;
  readonly eventBus: string;
}

/**
 * Sends the `Run State Change` event of a run's current state.
 * @throws CodeseederError `ControlPlaneError` when EventBridge rejects the event
 */
export function announceRun(record: RunRecord, bus: RunBus): Promise<void> {
  const { runId, status } = record;
  return putEvent(RUN_STATE_CHANGE, toRunStateChange(record), `run ${runId} as ${status}`, bus);
}

/**
 * Sends the `Run Refused` event of a request that did not become a run.
 * @throws CodeseederError `ControlPlaneError` when EventBridge rejects the event
 */
export function announceRefusal(refused: RunRefused, bus: RunBus): Promise<void> {
  return putEvent(RUN_REFUSED, refused, `refusal of the request ${refused.requestId}`, bus);
}

async function putEvent(
  DetailType: string,
  detail: object,
  subject: string,
  { events, eventBus }: RunBus,
): Promise<void> {
  const Detail = JSON.stringify(detail);
  const entry = { EventBusName: eventBus, Source: EVENT_SOURCE, DetailType, Detail };
  const { FailedEntryCount = 0, Entries } = await events.send(new PutEventsCommand({ Entries: [entry] }));
  if (FailedEntryCount === 0) return;
  const reason = `${Entries?.[0]?.ErrorCode}: ${Entries?.[0]?.ErrorMessage}`;
  throw new CodeseederError(
    'ControlPlaneError',
    `Could not announce the ${subject} on ${eventBus}: ${reason}`,
  );
}
