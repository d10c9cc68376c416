import type { ListedRun } from '../../api.js';
import { formatAge, formatDateTime, formatDuration } from '../model/format.js';
import { noteOf, titleOf } from '../model/run-list.js';
import { Link } from '../router.js';
import { Status } from './status.js';

/** A run in the list. */
export function RunRow(props: {
  readonly run: ListedRun;
  readonly mapNames: Readonly<Record<string, string>>;
  readonly nowMs: number;
}) {
  const { run, mapNames, nowMs } = props;
  const queuedAtMs = Date.parse(run.queuedAt);
  const note = noteOf(run);
  return (
    <li class="run-row">
      <Status status={run.status} />
      <div class="what">
        <Link to={`/runs/${run.runId}`} class="name">
          {titleOf(run, mapNames)}
        </Link>
        <div class="labels">
          {note !== undefined && (
            <span class="note" title={note}>
              {note}
            </span>
          )}
          {Object.entries(run.labels ?? {}).map(([label, value]) => (
            <Link key={label} to={`/?label=${encodeURIComponent(`${label}=${value}`)}`} class="label">
              {label}={value}
            </Link>
          ))}
          {run.mapId !== undefined && (
            <Link to={`/maps/${run.mapId}`} class="label">
              map …{run.mapId.slice(-12)}
            </Link>
          )}
          {run.lock !== undefined && <span class="label">lock {run.lock}</span>}
        </div>
      </div>
      <span class="trigger wide-only">{run.trigger}</span>
      <time dateTime={run.queuedAt} title={formatDateTime(queuedAtMs)}>
        {formatAge(nowMs - queuedAtMs)}
      </time>
      <span class="took">{formatDuration(run.durationMs ?? nowMs - queuedAtMs)}</span>
      <code class="id wide-only" title={run.runId}>
        {shortId(run.runId)}
      </code>
    </li>
  );
}

/** The end of an id, because ids begin with their time and the end tells them apart. */
function shortId(runId: string): string {
  return runId.length > 14 ? `…${runId.slice(-12)}` : runId;
}
