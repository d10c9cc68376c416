import { z } from 'zod';

import { type InputOf } from '../wire/operation.js';
import { keyOfToken, pageToken } from '../wire/page.js';
import { findExecution } from './execution-operations.js';
import type { GroupWriter } from './group-writer.js';
import type { HistoryEvent } from './interpreter/history.js';
import { invalidToken, pageMembers, text } from './members.js';
import type { RunningExecutions } from './running-executions.js';
import type { StoredStates } from './stored-states.js';

/** Members of an event that the response leaves out if `includeExecutionData` is false. */
const EXECUTION_DATA = [
  'input',
  'inputDetails',
  'output',
  'outputDetails',
  'assignedVariables',
  'assignedVariablesDetails',
];

export const getExecutionHistoryMembers = {
  executionArn: text,
  reverseOrder: z.boolean().default(false),
  includeExecutionData: z.boolean().default(true),
  ...pageMembers,
};

/**
 * Returns a page of the events of an execution, which may still be running. Event ids start at 1 and have no gaps.
 */
export async function getExecutionHistory(
  { stored, running, writer }: { stored: StoredStates; running: RunningExecutions; writer: GroupWriter },
  input: InputOf<typeof getExecutionHistoryMembers>,
): Promise<object> {
  const { arn } = await findExecution(stored, input.executionArn);
  const countSoFar = running.eventCount(arn);
  await writer.flush();
  const count = countSoFar ?? (await findExecution(stored, arn)).eventCount ?? 0;
  const ids = idsOfPage(count, input);
  const found = await Promise.all(ids.map((id) => stored.event(arn, id)));
  const last = ids.at(-1);
  return {
    events: found
      .filter((event) => event !== undefined)
      .map((event) => onTheWire(event, input.includeExecutionData)),
    nextToken:
      last === undefined || last === (input.reverseOrder ? 1 : count) ? undefined : pageToken(String(last)),
  };
}

function idsOfPage(
  count: number,
  { reverseOrder, nextToken, maxResults }: InputOf<typeof getExecutionHistoryMembers>,
): number[] {
  const step = reverseOrder ? -1 : 1;
  const first = nextToken === undefined ? (reverseOrder ? count : 1) : idOfToken(nextToken) + step;
  const left = reverseOrder ? first : count - first + 1;
  const length = Math.max(0, Math.min(maxResults, left));
  return Array.from({ length }, (_, index) => first + step * index);
}

function idOfToken(token: string): number {
  const id = keyOfToken(token, invalidToken);
  if (/^\d{1,9}$/.test(id)) return Number(id);
  throw invalidToken(token);
}

function onTheWire({ timestamp, ...event }: HistoryEvent, withData: boolean): object {
  const members = Object.entries(event).map(([name, value]): [string, unknown] => {
    if (withData || typeof value !== 'object') return [name, value];
    const shown = Object.entries(value).filter(([member]) => !EXECUTION_DATA.includes(member));
    return [name, Object.fromEntries(shown)];
  });
  return Object.fromEntries([...members, ['timestamp', timestamp / 1_000]]);
}
