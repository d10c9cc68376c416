/** Estimates what the seedkit costs: its resources while nobody uses them, and the builds of the last days. */
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';

import { priceOfBuild, unpricedReason } from '../../build-price.js';
import type { Connection } from '../../connection/connection.js';
import { iterateRuns } from '../../list/list-runs.js';
import { chargingOf, STANDING_USD } from '../../seedkit-price.js';
import type { BuildCostsView, DayOfBuilds, StandingCost, StandingCostsView, StackResource } from '../api.js';
import { orProblem } from './or-problem.js';
import { resourcesView } from './stack-api.js';

const DAY_MS = 86_400_000;

/** Days whose builds are priced, today included. */
const DAYS = 7;

/** Number of runs whose builds are priced. */
const COUNTED_MAX = 10_000;

/** Greatest number of names in one DescribeAlarms. */
const NAMES_MAX = 100;

/** Returns what the resources of the stack cost each month while no run uses them. */
export async function standingCostsView(connection: Connection): Promise<StandingCostsView> {
  const [{ stateMachineArn }, { resources }] = await Promise.all([
    connection.deployed(),
    resourcesView(connection),
  ]);
  const typesOf = (charging: string) =>
    [...new Set(resources.map(({ type }) => type))].filter((type) => chargingOf(type) === charging);
  const costs = await Promise.all(
    Object.keys(STANDING_USD).map((type) =>
      standingCost(
        type as keyof typeof STANDING_USD,
        resources.filter((resource) => resource.type === type),
        connection,
      ),
    ),
  );
  return {
    costs: costs.filter(({ count }) => count > 0),
    byUse: typesOf('by use'),
    unknown: typesOf('unknown'),
    reason: unpricedReason(stateMachineArn),
  };
}

async function standingCost(
  type: keyof typeof STANDING_USD,
  resources: readonly StackResource[],
  connection: Connection,
): Promise<StandingCost> {
  const count = resources.length;
  const { usd: usdEach, ...price } = { note: undefined, ...STANDING_USD[type] };
  if (type !== 'AWS::CloudWatch::Alarm' || count === 0)
    return { type, count, usdEach, ...price, units: count, usd: count * usdEach };
  const { units, problem } = await orProblem<{ readonly units: number | undefined }>(
    async () => ({ units: await countMetrics(resources, connection) }),
    { units: undefined },
    'CloudWatch',
  );
  const usd = units === undefined ? undefined : units * usdEach;
  return { type, count, usdEach, ...price, units, usd, problem };
}

/** Counts the metrics that alarms watch. An expression is no metric. */
async function countMetrics(alarms: readonly StackResource[], { clients }: Connection): Promise<number> {
  const { DescribeAlarmsCommand } = await import('@aws-sdk/client-cloudwatch');
  const client = await clients.cloudWatch();
  const names = alarms.map(({ id }) => id);
  let metrics = 0;
  for (let start = 0; start < names.length; start += NAMES_MAX) {
    const AlarmNames = names.slice(start, start + NAMES_MAX);
    const { MetricAlarms = [] } = await client.send(
      new DescribeAlarmsCommand({ AlarmNames, MaxRecords: NAMES_MAX }),
    );
    for (const alarm of MetricAlarms) metrics += metricsOf(alarm);
  }
  return metrics;
}

function metricsOf({ Metrics = [] }: MetricAlarm): number {
  return Metrics.length === 0 ? 1 : Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
}

/** Returns about what the builds of the last days cost, by the day on which their runs were queued in UTC. */
export async function buildCostsView(connection: Connection, nowMs: number): Promise<BuildCostsView> {
  const firstMs = (Math.floor(nowMs / DAY_MS) - (DAYS - 1)) * DAY_MS;
  const days = new Map(Array.from({ length: DAYS }, (_, at) => [dayOf(firstMs + at * DAY_MS), noBuilds()]));
  const unpriced = new Map<string, number>();
  let counted = 0;
  for await (const record of iterateRuns(connection, { since: new Date(firstMs) })) {
    counted += 1;
    if (counted > COUNTED_MAX) break;
    const day = days.get(record.queuedAt.slice(0, 10));
    if (day === undefined) continue;
    day.runs += 1;
    const price = priceOfBuild(record);
    if ('usd' in price) {
      day.priced += 1;
      day.usd += price.usd;
    } else unpriced.set(price.reason, (unpriced.get(price.reason) ?? 0) + 1);
  }
  return {
    days: [...days].map(([day, builds]): DayOfBuilds => ({ day, ...builds })).toReversed(),
    unpriced: [...unpriced].map(([reason, runs]) => ({ reason, runs })),
    isPartial: counted > COUNTED_MAX,
  };
}

function noBuilds() {
  return { runs: 0, priced: 0, usd: 0 };
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
