import type { RunRecord } from '../../../../lib/contract/index.js';
import { priceOfBuild } from '../../../build-price.js';
import { describeCacheReport } from '../../../cache-report.js';
import { describeBuildPrice } from '../model/costs.js';
import { formatDateTime, formatDuration } from '../model/format.js';
import { isActive } from '../model/run-list.js';
import { Link } from '../router.js';
import { Fact } from './fact.js';

/** What a record says about a run, in one strip. */
export function Facts({ record, nowMs }: { readonly record: RunRecord; readonly nowMs: number }) {
  const queuedAtMs = Date.parse(record.queuedAt);
  const { durationMs = nowMs - queuedAtMs } = record;
  return (
    <dl class="facts">
      <Fact name="Queued">
        <time dateTime={record.queuedAt}>{formatDateTime(queuedAtMs)}</time>
      </Fact>
      <Fact name="Queued because">{record.queuedReason}</Fact>
      <Fact name="Duration">{formatDuration(durationMs)}</Fact>
      <Fact name="Costs">{!isActive(record) && <BuildCosts record={record} />}</Fact>
      <Fact name="Trigger">{record.trigger}</Fact>
      <Fact name="Kind">{record.kind}</Fact>
      <Fact name="Build">{record.buildId && <code>{record.buildId}</code>}</Fact>
      <Fact name="Lock">{record.lock && lockText(record)}</Fact>
      <Fact name="Published target">
        {record.published && `${record.published.name}@${record.published.version}`}
      </Fact>
      <Fact name="Map">{record.mapId && <MapLink id={record.mapId} index={record.mapIndex} />}</Fact>
      <Fact name="Repeats">
        {record.retryOf && (
          <Link to={`/runs/${record.retryOf}`}>
            <code>{record.retryOf}</code>
          </Link>
        )}
      </Fact>
      <Fact name="Cache">{record.cache && describeCacheReport(record.cache)}</Fact>
      <Fact name="Labels">{record.labels && <Labels labels={record.labels} />}</Fact>
    </dl>
  );
}

function BuildCosts({ record }: { readonly record: RunRecord }) {
  const { amount, basis } = describeBuildPrice(priceOfBuild(record));
  return (
    <>
      {amount} <small class="quiet">{basis}</small>
    </>
  );
}

function MapLink({ id, index }: { readonly id: string; readonly index: number | undefined }) {
  return (
    <Link to={`/maps/${id}`}>
      <code>{id}</code>
      {index === undefined ? '' : ` · input ${index}`}
    </Link>
  );
}

function Labels({ labels }: { readonly labels: Readonly<Record<string, string>> }) {
  return (
    <span class="labels">
      {Object.entries(labels).map(([name, value]) => (
        <Link key={name} to={`/?label=${encodeURIComponent(`${name}=${value}`)}`} class="label">
          {name}={value}
        </Link>
      ))}
    </span>
  );
}

function lockText({ lock, lockToken }: RunRecord): string {
  return lockToken === undefined ? `${lock}` : `${lock} · fencing number ${lockToken}`;
}
