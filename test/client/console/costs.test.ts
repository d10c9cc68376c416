import { ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { BatchGetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import type { BuildCostsView, StandingCost, StandingCostsView } from '../../../client/console/api.js';
import {
  buildTotal,
  describeBuildPrice,
  describeStandingCost,
  sourceOfPrices,
  standingTotal,
} from '../../../client/console/app/model/costs.js';
import { priceOfBuild } from '../../../client/build-price.js';
import type { RunRecord } from '../../../lib/contract/index.js';
import { aRunRecord } from '../../contract/builders.js';
import { cloudFormation, dynamoDb, mockStack, OUTPUTS, resetAccount } from '../mocked-account.js';
import { type OpenConsole, openConsole } from './mocked-console.js';

const cloudWatch = mockClient(CloudWatchClient);
const ACCOUNT = '123456789012';
const STATE_MACHINE = `arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine:codeseeder-demo`;

let site: OpenConsole;

beforeEach(async () => {
  resetAccount();
  cloudWatch.reset();
  mockStack('CREATE_COMPLETE', { ...OUTPUTS, StateMachineArn: STATE_MACHINE });
  site = await openConsole();
});

afterEach(() => site.running.close());

const read = async <View>(path: string) => JSON.parse((await site.get(path)).body) as View;

function mockResources(...types: readonly string[]): void {
  cloudFormation.on(ListStackResourcesCommand).resolves({
    StackResourceSummaries: types.map((ResourceType, index) => ({
      LogicalResourceId: `Resource${index}`,
      PhysicalResourceId: `resource-${index}`,
      ResourceType,
      ResourceStatus: 'CREATE_COMPLETE',
      LastUpdatedTimestamp: new Date(0),
    })),
  });
}

describe('The costs without runs in the console', () => {
  const ALARM = 'AWS::CloudWatch::Alarm';

  it('Deployed resources have their prices, and alarms that of each metric', async () => {
    mockResources('AWS::KMS::Key', ALARM, ALARM, 'AWS::S3::Bucket', 'AWS::IAM::Role', 'AWS::EC2::NatGateway');
    const metric = (Id: string) => ({ Id, MetricStat: { Metric: {}, Period: 300, Stat: 'Sum' } });
    cloudWatch.on(DescribeAlarmsCommand).resolves({
      MetricAlarms: [
        { AlarmName: 'resource-1', MetricName: 'Invocations' },
        { AlarmName: 'resource-2', Metrics: [{ Id: 'sum', Expression: 'a + b' }, metric('a'), metric('b')] },
      ],
    });
    const view = await read<StandingCostsView>('/api/standing-costs');

    expect(view.costs.map(({ type, count, units, usd }) => [type, count, units, usd])).toEqual([
      ['AWS::KMS::Key', 1, 1, 1],
      [ALARM, 2, 3, 3 * 0.1],
    ]);
    expect(view).toMatchObject({ byUse: ['AWS::S3::Bucket'], unknown: ['AWS::EC2::NatGateway'] });
    expect(view.reason).toBeUndefined();
    expect(standingTotal(view)).toBe('at least 1.3 USD');
    expect(standingTotal({ ...view, unknown: [] })).toBe('1.3 USD');
    const [asked] = cloudWatch.commandCalls(DescribeAlarmsCommand);
    expect(asked?.args[0].input.AlarmNames).toEqual(['resource-1', 'resource-2']);
  });

  it('Alarms whose metrics cannot be read have no amount but the reason', async () => {
    mockResources('AWS::CloudWatch::Dashboard', ALARM);
    cloudWatch
      .on(DescribeAlarmsCommand)
      .rejects(Object.assign(new Error('not authorized'), { name: 'AccessDenied' }));
    const view = await read<StandingCostsView>('/api/standing-costs');
    const alarms = view.costs.find(({ type }) => type === ALARM) as StandingCost;

    expect(alarms.usd).toBeUndefined();
    expect(describeStandingCost(alarms)).toEqual({
      amount: 'not known',
      basis:
        '0.1 USD for each metric of an alarm. The number for 1 resource cannot be read. AccessDenied: not authorized',
    });
    expect(standingTotal(view)).toBe('at least 3 USD');
  });

  it('A caller without the right to list the resources gets 403', async () => {
    cloudFormation
      .on(ListStackResourcesCommand)
      .rejects(Object.assign(new Error('not authorized'), { name: 'AccessDenied' }));

    expect((await site.get('/api/standing-costs')).status).toBe(403);
  });

  it('A local AWS is said to charge nothing', async () => {
    mockStack('CREATE_COMPLETE', OUTPUTS);
    await site.running.close();
    site = await openConsole();
    mockResources('AWS::KMS::Key');

    expect((await read<StandingCostsView>('/api/standing-costs')).reason).toBe(
      'A local AWS charges nothing.',
    );
  });
});

describe('The costs of builds in the console', () => {
  const today = new Date().toISOString().slice(0, 10);
  const built = (runId: string, change: Partial<RunRecord> = {}) =>
    aRunRecord({
      runId,
      status: 'SUCCEEDED',
      computeType: 'BUILD_GENERAL1_SMALL',
      environmentType: 'LINUX_CONTAINER',
      executionArn: `arn:aws:states:eu-west-1:${ACCOUNT}:execution:codeseeder-demo:${runId}`,
      queuedAt: `${today}T00:00:00.000Z`,
      day: today,
      startedAt: `${today}T00:00:00.000Z`,
      finishedAt: `${today}T00:01:30.000Z`,
      expiresAt: Math.floor(Date.now() / 1_000) + 3_600,
      ...change,
    });

  it('Builds are priced by the day of their run, and runs without a price are counted by their reason', async () => {
    const records = [
      built('a'),
      built('b'),
      built('c', { computeType: undefined }),
      built('d', { startedAt: undefined }),
    ];
    const items = records.map((record) => marshall(record, { removeUndefinedValues: true }));
    dynamoDb.on(QueryCommand).resolvesOnce({ Items: items }).resolves({ Items: [] });
    dynamoDb.on(BatchGetItemCommand).resolves({ Responses: { 'codeseeder-demo-runs': items } });
    const view = await read<BuildCostsView>('/api/build-costs');

    expect(view.days).toHaveLength(7);
    expect(view.days[0]).toEqual({ day: today, runs: 4, priced: 2, usd: 0.02 });
    expect(view.days[1]).toMatchObject({ runs: 0, priced: 0, usd: 0 });
    expect(view.unpriced.map(({ runs }) => runs)).toEqual([1, 1]);
    expect(view.unpriced.map(({ reason }) => reason).join()).toContain('reserved fleet');
    expect(view.isPartial).toBe(false);
    expect(buildTotal(view)).toBe('about 0.02 USD');
    expect(buildTotal({ ...view, days: view.days.slice(1) })).toBeUndefined();
  });

  it('The amount of a build names its minutes and the region of its price', () => {
    expect(describeBuildPrice(priceOfBuild(built('a')))).toEqual({
      amount: 'about 0.01 USD',
      basis: '2 started minutes at 0.005 USD, the price of us-east-1; the build was in eu-west-1',
    });
    expect(describeBuildPrice(priceOfBuild(built('b', { startedAt: undefined })))).toEqual({
      basis: 'No build was started.',
    });
  });

  it('Prices name their region, and that of the seedkit if it is another one', () => {
    expect(sourceOfPrices('us-east-1')).toMatch(/us-east-1, read in November 2026, without free tier/);
    expect(sourceOfPrices('us-east-1')).not.toContain('may differ');
    expect(sourceOfPrices('eu-west-1')).toContain('The seedkit is in eu-west-1, where prices may differ.');
  });
});
