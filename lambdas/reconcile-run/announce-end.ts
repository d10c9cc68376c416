import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

import {
  CodeseederError,
  EVENT_SOURCE,
  RUN_STATE_CHANGE,
  type RunRecord,
  toRunStateChange,
} from '../../lib/contract/index.js';

/** @throws CodeseederError `ControlPlaneError` when EventBridge took the call but not the event */
export async function announceEnd(
  record: RunRecord,
  { events, eventBus }: { readonly events: EventBridgeClient; readonly eventBus: string },
): Promise<void> {
  const { FailedEntryCount = 0, Entries } = await events.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: eventBus,
          Source: EVENT_SOURCE,
          DetailType: RUN_STATE_CHANGE,
          Detail: JSON.stringify(toRunStateChange(record)),
        },
      ],
    }),
  );
  if (FailedEntryCount > 0) {
    const reason = `${Entries?.[0]?.ErrorCode}: ${Entries?.[0]?.ErrorMessage}`;
    throw new CodeseederError(
      'ControlPlaneError',
      `The end of the run ${record.runId} could not be announced on ${eventBus}: ${reason}`,
    );
  }
}
