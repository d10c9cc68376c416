import type { HistoryEvent } from '@aws-sdk/client-sfn';

import type { Connection } from '../connection/connection.js';
import type { HistoryEntry } from '../run-types.js';

/** Reads the history of an execution, oldest event first, each with the state that it belongs to. */
export async function readHistory(executionArn: string, connection: Connection): Promise<HistoryEntry[]> {
  const { paginateGetExecutionHistory } = await import('@aws-sdk/client-sfn');
  const client = await connection.clients.states();
  const entries: HistoryEntry[] = [];
  let state: string | undefined;
  for await (const { events = [] } of paginateGetExecutionHistory(
    { client },
    { executionArn, maxResults: 1_000 },
  )) {
    for (const event of events) {
      state = event.stateEnteredEventDetails?.name ?? state;
      entries.push(toEntry(event, state));
      if (event.stateExitedEventDetails !== undefined) state = undefined;
    }
  }
  return entries;
}

function toEntry(event: HistoryEvent, state: string | undefined): HistoryEntry {
  const failure = failureOf(event);
  return {
    id: event.id ?? 0,
    timestampMs: event.timestamp?.getTime() ?? 0,
    type: event.type ?? 'Unknown',
    state,
    failure,
  };
}

function failureOf(event: HistoryEvent): string | undefined {
  const details = [
    event.taskFailedEventDetails,
    event.taskTimedOutEventDetails,
    event.evaluationFailedEventDetails,
    event.executionFailedEventDetails,
    event.executionAbortedEventDetails,
    event.executionTimedOutEventDetails,
  ].find((detail) => detail !== undefined);
  if (details === undefined) return undefined;
  return [details.error, details.cause].filter(Boolean).join(': ');
}
