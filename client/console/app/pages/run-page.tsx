import { useEffect } from 'preact/hooks';

import type { DefinitionView, RunView } from '../../api.js';
import { CommandsTab } from '../components/commands-tab.js';
import { CopyButton } from '../components/copy-button.js';
import { EventsTab } from '../components/events-tab.js';
import { Facts } from '../components/facts.js';
import { Failure } from '../components/failure.js';
import { HistoryTab } from '../components/history-tab.js';
import { LogView } from '../components/log-view.js';
import { MachineView } from '../components/machine-view.js';
import { OutcomeTab } from '../components/outcome-tab.js';
import { ProblemNote } from '../components/problem.js';
import { RequestTab } from '../components/request-tab.js';
import { RunActions } from '../components/run-actions.js';
import { Status } from '../components/status.js';
import { Tabs } from '../components/tabs.js';
import { Timeline } from '../components/timeline.js';
import { getJson } from '../fetch-api.js';
import { useLog, useRunView } from '../follow-run.js';
import { useLoaded, useNow } from '../hooks.js';
import { isActive } from '../model/run-list.js';
import { spansOf } from '../model/timeline.js';
import { Link } from '../router.js';

interface RunPageProps {
  readonly runId: string;
  readonly seedkit: string;
  /** The part of the address after `#`: `L12` names the twelfth line of the log. */
  readonly hash: string;
}

/** Everything about one run. */
export function RunPage({ runId, seedkit, hash }: RunPageProps) {
  const { view, error } = useRunView(runId);
  useEffect(() => {
    const { name, target = runId, status } = view?.record ?? {};
    document.title = `${status ?? ''} ${name ?? target} · codeseeder console`.trim();
  }, [view]);
  return (
    <div class="run-page">
      <nav class="crumbs" aria-label="Breadcrumb">
        <Link to="/">Runs</Link> <span aria-hidden="true">/</span> <code>{runId}</code>{' '}
        <CopyButton text={runId} what="the id" />
      </nav>
      <ProblemNote message={error} />
      {view === undefined ? (
        error === undefined && <p class="quiet">Loading the run …</p>
      ) : (
        <LoadedRun runId={runId} seedkit={seedkit} hash={hash} view={view} />
      )}
    </div>
  );
}

function LoadedRun({ runId, seedkit, hash, view }: RunPageProps & { readonly view: RunView }) {
  const { record } = view;
  const isLive = record === undefined || isActive(record);
  const nowMs = useNow(isLive);
  const followed = useLog(runId);
  const definition = useLoaded(runId, (signal) =>
    getJson<DefinitionView>(`/api/runs/${runId}/definition`, signal),
  );
  const tabs = [
    {
      name: 'Log',
      content: () => <LogView followed={followed} linked={lineOf(hash)} linkTo={(line) => `#L${line + 1}`} />,
    },
    { name: 'Request', content: () => <RequestTab runId={runId} /> },
    { name: 'Outcome', content: () => record && <OutcomeTab record={record} /> },
    { name: 'Events', content: () => <EventsTab view={view} /> },
    { name: 'History', content: () => <HistoryTab runId={runId} view={view} /> },
    {
      name: 'Commands',
      content: () => <CommandsTab runId={runId} seedkit={seedkit} isActive={isLive} />,
    },
  ];
  return (
    <>
      <div class="title">
        <Status status={record?.status ?? 'QUEUED'} />
        <h1>{record?.name ?? record?.target ?? runId}</h1>
        {record !== undefined && <RunActions record={record} />}
      </div>
      {record?.name !== undefined && record.target !== undefined && <p class="target">{record.target}</p>}
      {record !== undefined && <Facts record={record} nowMs={nowMs} />}
      {record?.failure !== undefined && <Failure failure={record.failure} />}
      <div class="columns">
        <div class="main-column">
          {record !== undefined && <Timeline spans={spansOf(record, followed.log.phases)} nowMs={nowMs} />}
          <Tabs tabs={tabs} label="Parts of the run" />
        </div>
        <MachineView view={view} definition={definition.value} nowMs={nowMs} />
      </div>
    </>
  );
}

function lineOf(hash: string): number | undefined {
  const [, number] = /^#L(\d+)$/.exec(hash) ?? [];
  return number === undefined ? undefined : Math.max(0, Number(number) - 1);
}
