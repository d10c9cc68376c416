import type { GroupWriter } from './group-writer.js';
import { find } from './execution-operations.js';
import type { HistoryEvent } from './interpreter/history.js';
import { RequestMembers } from './request-members.js';
import type { RunningExecutions } from './running-executions.js';
import type { StoredStates } from './stored-states.js';

/** What an event keeps to itself when execution data is not asked for. */
const EXECUTION_DATA = [
  'input',
  'inputDetails',
  'output',
  'outputDetails',
  'assignedVariables',
  'assignedVariablesDetails',
];

/** `GetExecutionHistory`: a page of an execution's events, also while it runs. */
export async function getExecutionHistory(
  means: { stored: StoredStates; running: RunningExecutions; writer: GroupWriter },
  input: object,
): Promise<object> {
  const members = new RequestMembers(input, [
    'executionArn',
    'maxResults',
    'nextToken',
    'reverseOrder',
    'includeExecutionData',
  ]);
  const { arn } = await find(means, members);
  const known = means.running.eventCount(arn);
  await means.writer.flush();
  const count = known ?? (await find(means, members)).eventCount ?? 0;
  const start = members.pageStart();
  const end = Math.min(start + members.pageSize(), count);
  const reverse = members.flag('reverseOrder', false);
  const ids = Array.from({ length: Math.max(0, end - start) }, (_, index) =>
    reverse ? count - start - index : start + index + 1,
  );
  const found = await Promise.all(ids.map((id) => means.stored.event(arn, id)));
  const events = found.filter((event) => event !== undefined);
  const withData = members.flag('includeExecutionData', true);
  return {
    events: events.map((event) => onTheWire(event, withData)),
    ...(end < count && { nextToken: String(end) }),
  };
}

function onTheWire({ timestamp, ...event }: HistoryEvent, withData: boolean): object {
  const members = Object.entries(event).map(([name, value]): [string, unknown] => {
    if (withData || typeof value !== 'object') return [name, value];
    const shown = Object.entries(value).filter(([member]) => !EXECUTION_DATA.includes(member));
    return [name, Object.fromEntries(shown)];
  });
  return Object.fromEntries([...members, ['timestamp', timestamp / 1_000]]);
}
