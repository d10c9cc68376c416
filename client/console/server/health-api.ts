/** Reads what limits the seedkit, and what its alarms report. No policy of a seedkit has the rights to do so. */
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { ServiceQuota } from '@aws-sdk/client-service-quotas';

import { SEEDKIT_ALARMS, seedkitNames } from '../../../lib/contract/index.js';
import type { Connection } from '../../connection/connection.js';
import type { AlarmsView, QuotasView, ShownAlarm, ShownQuota } from '../api.js';
import { orProblem } from './or-problem.js';

/** Reads the state of the seedkit's alarms. Alarms that an earlier version did not have are left out. */
export async function alarmsView(connection: Connection): Promise<AlarmsView> {
  return orProblem(async () => ({ alarms: await readAlarms(connection) }), { alarms: [] }, 'CloudWatch');
}

async function readAlarms({ seedkit, clients }: Connection): Promise<ShownAlarm[]> {
  const { DescribeAlarmsCommand } = await import('@aws-sdk/client-cloudwatch');
  const names = SEEDKIT_ALARMS.map((alarm) => seedkitNames.alarm(seedkit, alarm));
  const client = await clients.cloudWatch();
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: names }));
  return SEEDKIT_ALARMS.flatMap((name) => {
    const found = MetricAlarms.find(({ AlarmName }) => AlarmName === seedkitNames.alarm(seedkit, name));
    return found === undefined ? [] : [describeAlarm(name, found)];
  });
}

function describeAlarm(name: string, alarm: MetricAlarm): ShownAlarm {
  return {
    name,
    state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    description: alarm.AlarmDescription,
    reason: alarm.StateReason,
    since: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.toISOString(),
  };
}

/** Quotas of CodeBuild that limit how many builds of a type run at the same time. */
const BUILDS = /^Concurrently running builds/;

/** Quota of the invocations of handlers at the same time, in all of the account. */
const INVOCATIONS = { ServiceCode: 'lambda', QuotaCode: 'L-B99A9384' };

/** Reads the quotas of the account that limit runs: builds, and invocations of handlers. */
export async function quotasView(connection: Connection): Promise<QuotasView> {
  return orProblem(async () => ({ quotas: await readQuotas(connection) }), { quotas: [] }, 'Service Quotas');
}

async function readQuotas({ clients }: Connection): Promise<ShownQuota[]> {
  const { GetServiceQuotaCommand, paginateListServiceQuotas } =
    await import('@aws-sdk/client-service-quotas');
  const client = await clients.serviceQuotas();
  const found: ServiceQuota[] = [];
  for await (const { Quotas = [] } of paginateListServiceQuotas({ client }, { ServiceCode: 'codebuild' }))
    found.push(...Quotas.filter(({ QuotaName = '' }) => BUILDS.test(QuotaName)));
  const { Quota: invocations } = await client.send(new GetServiceQuotaCommand(INVOCATIONS));
  return [...(invocations === undefined ? [] : [invocations]), ...found]
    .map(describeQuota)
    .sort((one, other) => other.value - one.value || (one.name < other.name ? -1 : 1));
}

function describeQuota({ ServiceName, QuotaName, Value, Adjustable }: ServiceQuota): ShownQuota {
  return {
    service: ServiceName ?? '',
    name: QuotaName ?? '',
    value: Value ?? 0,
    isAdjustable: Adjustable === true,
  };
}
