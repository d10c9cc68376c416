import { useEffect } from 'preact/hooks';

import type { RunRecord } from '../../../../lib/contract/index.js';
import type { DefinitionView, RunView } from '../../api.js';
import { Breakable } from '../components/breakable.js';
import { CopyButton } from '../components/copy-button.js';
import { Facts } from '../components/facts.js';
import { Failure } from '../components/failure.js';
import { MachineView } from '../components/machine-view.js';
import { ProblemNote } from '../components/problem.js';
import { RunActions } from '../components/run-actions.js';
import { RunTabs } from '../components/run-tabs.js';
import { Status } from '../components/status.js';
import { Timeline } from '../components/timeline.js';
import { getJson } from '../fetch-api.js';
import { useLog, useRunView } from '../follow-run.js';
import { useLoaded, useNow } from '../hooks.js';
import { isActive } from '../model/run-list.js';
import { spansOf } from '../model/timeline.js';
import { Link } from '../router.js';

interface RunPageProps {
  readonly runId: string;
  /** The part of the address after `#`: `L12` names the twelfth line of the log. */
  readonly hash: string;
}

/** Everything about one run. */
export function RunPage({ runId, hash }: RunPageProps) {
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
        <p class="quiet">{error === undefined ? 'Loading the run …' : <Link to="/">All runs</Link>}</p>
      ) : (
        <LoadedRun runId={runId} hash={hash} view={view} />
      )}
    </div>
  );
}

/** The title of a run that has no record yet. */
function UnrecordedTitle({ runId }: { readonly runId: string }) {
  return (
    <div class="title">
      <Status status="QUEUED" />
      <h1>{runId}</h1>
    </div>
  );
}

function RecordHead({ record, nowMs }: { readonly record: RunRecord; readonly nowMs: number }) {
  const { runId, status, name, target, failure } = record;
  return (
    <>
      <div class="title">
        <Status status={status} />
        <h1>
          <Breakable text={name ?? target ?? runId} />
        </h1>
        <RunActions record={record} />
      </div>
      {name !== undefined && target !== undefined && <p class="target">{target}</p>}
      <Facts record={record} nowMs={nowMs} />
      {failure !== undefined && <Failure failure={failure} />}
    </>
  );
}

function LoadedRun({ runId, hash, view }: RunPageProps & { readonly view: RunView }) {
  const { record } = view;
  const isLive = record === undefined || isActive(record);
  const nowMs = useNow(isLive);
  const followed = useLog(runId);
  const definition = useLoaded(runId, (signal) =>
    getJson<DefinitionView>(`/api/runs/${runId}/definition`, signal),
  );
  return (
    <>
      {record === undefined ? (
        <UnrecordedTitle runId={runId} />
      ) : (
        <RecordHead record={record} nowMs={nowMs} />
      )}
      <div class="columns">
        <div class="main-column">
          {record !== undefined && <Timeline spans={spansOf(record, followed.log.phases)} nowMs={nowMs} />}
          <RunTabs runId={runId} hash={hash} view={view} followed={followed} />
        </div>
        <MachineView view={view} definition={definition.value} nowMs={nowMs} />
      </div>
    </>
  );
}
