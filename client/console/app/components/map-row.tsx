import type { MapRecord } from '../../../../lib/contract/index.js';
import { formatAge, formatDateTime, formatDuration } from '../model/format.js';
import { Link } from '../router.js';
import { Status } from './status.js';

/** A map in the list. */
export function MapRow({ map, nowMs }: { readonly map: MapRecord; readonly nowMs: number }) {
  const { mapId, status, name, target, queuedAt, finishedAt, total } = map;
  const queuedAtMs = Date.parse(queuedAt);
  const endMs = finishedAt === undefined ? nowMs : Date.parse(finishedAt);
  return (
    <li class="run-row map-row">
      <Status status={status} />
      <div class="what">
        <Link to={`/maps/${mapId}`} class="name">
          {name ?? target}
        </Link>
        <div class="labels">
          <span class="note">{describeInputs(map)}</span>
        </div>
      </div>
      <span class="trigger wide-only">{total.toLocaleString()} inputs</span>
      <time dateTime={queuedAt} title={formatDateTime(queuedAtMs)}>
        {formatAge(nowMs - queuedAtMs)}
      </time>
      <span class="took">{formatDuration(Math.max(0, endMs - queuedAtMs))}</span>
      <code class="id wide-only" title={mapId}>
        {mapId.length > 14 ? `…${mapId.slice(-12)}` : mapId}
      </code>
    </li>
  );
}

function describeInputs({ total, succeeded, failed, concurrency }: MapRecord): string {
  if (succeeded === undefined || failed === undefined)
    return `${total.toLocaleString()} inputs, up to ${concurrency} at the same time`;
  const left = total - succeeded - failed;
  const parts = [`${succeeded.toLocaleString()} succeeded`];
  if (failed > 0) parts.push(`${failed.toLocaleString()} failed`);
  if (left > 0) parts.push(`${left.toLocaleString()} not started`);
  return parts.join(', ');
}
