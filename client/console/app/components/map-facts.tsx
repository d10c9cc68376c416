import type { MapRecord } from '../../../../lib/contract/index.js';
import { formatDateTime, formatDuration } from '../model/format.js';
import { Link } from '../router.js';
import { Fact } from './fact.js';

/** What a record says about a map, in one strip. */
export function MapFacts({ record, nowMs }: { readonly record: MapRecord; readonly nowMs: number }) {
  const { mapId, queuedAt, finishedAt, total, concurrency, onError, stoppedBy, againOf, kind } = record;
  const queuedAtMs = Date.parse(queuedAt);
  const endMs = finishedAt === undefined ? nowMs : Date.parse(finishedAt);
  return (
    <dl class="facts">
      <Fact name="Queued">
        <time dateTime={queuedAt}>{formatDateTime(queuedAtMs)}</time>
      </Fact>
      <Fact name="Duration">{formatDuration(Math.max(0, endMs - queuedAtMs))}</Fact>
      <Fact name="Inputs">{total.toLocaleString()}</Fact>
      <Fact name="At the same time">{concurrency.toLocaleString()}</Fact>
      <Fact name="After a failure">{onError === 'stop' ? 'start no further run' : 'go on'}</Fact>
      <Fact name="Stopped by">{stoppedBy === undefined ? undefined : `input ${stoppedBy}`}</Fact>
      <Fact name="Kind">{kind}</Fact>
      <Fact name="Repeats">
        {againOf && (
          <Link to={`/maps/${againOf}`}>
            <code>{againOf}</code>
          </Link>
        )}
      </Fact>
      <Fact name="Runs">
        <Link to={`/?map=${mapId}`}>list of runs</Link>
      </Fact>
    </dl>
  );
}
