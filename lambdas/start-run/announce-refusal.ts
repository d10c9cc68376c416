import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

import {
  boundedText,
  CodeseederError,
  EVENT_SOURCE,
  FAILURE_MESSAGE_MAX_CHARACTERS,
  RUN_REFUSED,
  type RunRefused,
} from '../../lib/contract/index.js';

/** @throws CodeseederError `ControlPlaneError` when EventBridge took the call but not the event */
export async function announceRefusal(
  requestId: string,
  error: CodeseederError,
  { events, eventBus }: { readonly events: EventBridgeClient; readonly eventBus: string },
): Promise<Omit<RunRefused, 'version'>> {
  const refused = {
    requestId,
    code: error.code,
    message: boundedText(error.message, FAILURE_MESSAGE_MAX_CHARACTERS),
  };
  const detail: RunRefused = { version: 1, ...refused };
  const { FailedEntryCount = 0, Entries } = await events.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: eventBus,
          Source: EVENT_SOURCE,
          DetailType: RUN_REFUSED,
          Detail: JSON.stringify(detail),
        },
      ],
    }),
  );
  if (FailedEntryCount > 0) {
    const reason = `${Entries?.[0]?.ErrorCode}: ${Entries?.[0]?.ErrorMessage}`;
    throw new CodeseederError(
      'ControlPlaneError',
      `The refusal of ${requestId} could not be announced on ${eventBus}: ${reason}`,
    );
  }
  return refused;
}
