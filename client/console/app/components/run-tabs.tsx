import type { RunView } from '../../api.js';
import type { FollowedLog } from '../follow-run.js';
import { commandsOfRun } from '../model/commands.js';
import { isActive } from '../model/run-list.js';
import { useCommandPlace } from '../seedkit-context.js';
import { CommandsTab } from './commands-tab.js';
import { EventsTab } from './events-tab.js';
import { HistoryTab } from './history-tab.js';
import { LogView } from './log-view.js';
import { OutcomeTab } from './outcome-tab.js';
import { RequestTab } from './request-tab.js';
import { Tabs } from './tabs.js';

/** The log of a run, and what else there is to read about it. */
export function RunTabs(props: {
  readonly runId: string;
  readonly hash: string;
  readonly view: RunView;
  readonly followed: FollowedLog;
}) {
  const { runId, hash, view, followed } = props;
  const { record } = view;
  const place = useCommandPlace();
  const isLive = record === undefined || isActive(record);
  const linkTo = (line: number) => `#L${line + 1}`;
  const tabs = [
    {
      name: 'Log',
      content: () => <LogView followed={followed} isLive={isLive} linked={lineOf(hash)} linkTo={linkTo} />,
    },
    { name: 'Request', content: () => <RequestTab runId={runId} /> },
    { name: 'Outcome', content: () => record && <OutcomeTab record={record} /> },
    { name: 'Events', content: () => <EventsTab view={view} /> },
    { name: 'History', content: () => <HistoryTab runId={runId} view={view} /> },
    {
      name: 'Commands',
      content: () => <CommandsTab commands={commandsOfRun(runId, place, isLive)} />,
    },
  ];
  return <Tabs tabs={tabs} label="Parts of the run" />;
}

function lineOf(hash: string): number | undefined {
  const [, number] = /^#L(\d+)$/.exec(hash) ?? [];
  return number === undefined ? undefined : Math.max(0, Number(number) - 1);
}
