/** Reads the history of an execution, and the definition of its state machine. */
import type { HistoryEvent as AwsEvent } from '@aws-sdk/client-sfn';

import type { Connection } from '../../connection/connection.js';
import type { HistoryEvent, SentEvent } from '../api.js';

/** The history of an execution. */
export interface ReadHistory {
  readonly history: readonly HistoryEvent[];
  readonly sent: readonly SentEvent[];
  /** Returns the data of an event as JSON text; undefined if there is no such event. */
  readonly dataOf: (id: number) => string | undefined;
}

/** Reads the whole history, oldest event first. */
export async function readExecution(executionArn: string, connection: Connection): Promise<ReadHistory> {
  const { paginateGetExecutionHistory } = await import('@aws-sdk/client-sfn');
  const client = await connection.clients.states();
  const events: AwsEvent[] = [];
  const pages = paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1_000 });
  for await (const page of pages) events.push(...(page.events ?? []));
  return describeHistory(events);
}

/** Reads the definition of the state machine in the revision that an execution uses. */
export async function readDefinition(executionArn: string, connection: Connection): Promise<string> {
  const { DescribeStateMachineForExecutionCommand } = await import('@aws-sdk/client-sfn');
  const states = await connection.clients.states();
  const { definition = '' } = await states.send(
    new DescribeStateMachineForExecutionCommand({ executionArn }),
  );
  return definition;
}

/** Describes the events of a history. */
export function describeHistory(events: readonly AwsEvent[]): ReadHistory {
  return {
    history: events.map((event) => ({
      id: event.id ?? 0,
      previousId: event.previousEventId ?? 0,
      type: event.type ?? 'Unknown',
      timestampMs: event.timestamp?.getTime() ?? 0,
      ...placeOf(event),
      failure: failureOf(event),
    })),
    sent: events.flatMap(sentEvents),
    dataOf: (id) => {
      const found = events.find((event) => event.id === id);
      return found && JSON.stringify(withoutToken(dataOfEvent(found)), undefined, 2);
    },
  };
}

/** Returns the state that an event names, and the iteration of a Map state. */
function placeOf(event: AwsEvent): Pick<HistoryEvent, 'state' | 'iteration'> {
  const iteration =
    event.mapIterationStartedEventDetails ??
    event.mapIterationSucceededEventDetails ??
    event.mapIterationFailedEventDetails ??
    event.mapIterationAbortedEventDetails;
  const { name: state } = event.stateEnteredEventDetails ?? event.stateExitedEventDetails ?? iteration ?? {};
  return { state, iteration: iteration?.index };
}

function failureOf(event: AwsEvent): string | undefined {
  const details = Object.values(dataOfEvent(event)).find(hasError);
  if (details === undefined) return undefined;
  return [details.error, details.cause].filter(Boolean).join(': ');
}

function hasError(value: unknown): value is { readonly error?: string; readonly cause?: string } {
  return typeof value === 'object' && value !== null && 'error' in value;
}

function dataOfEvent(event: AwsEvent): Record<string, unknown> {
  const { id: _, previousEventId: __, type: ___, timestamp: ____, ...data } = event;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, parsed(value)]));
}

/** Parses the texts of an event's data that are JSON, such as its input. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, text]: [string, unknown]) => [name, parsedText(text)]),
  );
}

function parsedText(text: unknown): unknown {
  if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Leaves out task tokens, with which everybody could end a wait of the state machine. */
function withoutToken(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(withoutToken);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) =>
      /^tasktoken$/i.test(name) ? [name, '(not shown)'] : [name, withoutToken(value)],
    ),
  );
}

/** Returns the events that a call of PutEvents sends to the bus. */
function sentEvents({ taskScheduledEventDetails: task, timestamp }: AwsEvent): SentEvent[] {
  if (task?.resourceType !== 'events' || task.resource !== 'putEvents') return [];
  const { Entries: entries = [] } = parsedText(task.parameters) as { readonly Entries?: PutEvent[] };
  return entries.map(({ DetailType: detailType = '', Source: source = '', Detail: detail }) => ({
    timestampMs: timestamp?.getTime() ?? 0,
    detailType,
    source,
    detail: JSON.stringify(parsedText(detail), undefined, 2),
  }));
}

interface PutEvent {
  readonly DetailType?: string;
  readonly Source?: string;
  readonly Detail?: unknown;
}
