import { DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  GetServiceQuotaCommand,
  ListServiceQuotasCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { cloudFormation, OUTPUTS, resetAccount } from '../mocked-account.js';
import { type OpenConsole, openConsole } from './mocked-console.js';

const cloudWatch = mockClient(CloudWatchClient);
const serviceQuotas = mockClient(ServiceQuotasClient);
let site: OpenConsole;

beforeEach(async () => {
  resetAccount();
  cloudWatch.reset();
  serviceQuotas.reset();
  site = await openConsole();
});

afterEach(() => site.running.close());

const read = async (path: string) => {
  const { status, body } = await site.get(path);
  return { status, value: JSON.parse(body) as unknown };
};

describe('The alarms in the console', () => {
  it('Alarms have their state and its reason, in the order of the documentation', async () => {
    cloudWatch.on(DescribeAlarmsCommand).resolves({
      MetricAlarms: [
        { AlarmName: 'codeseeder-demo-dead-letters', StateValue: 'OK' },
        {
          AlarmName: 'codeseeder-demo-failed-runs',
          StateValue: 'ALARM',
          StateReason: 'two runs failed',
          StateTransitionedTimestamp: new Date('2026-03-01T10:00:00Z'),
        },
      ],
    });

    expect((await read('/api/alarms')).value).toEqual({
      alarms: [
        {
          name: 'failed-runs',
          state: 'ALARM',
          reason: 'two runs failed',
          since: '2026-03-01T10:00:00.000Z',
        },
        { name: 'dead-letters', state: 'OK' },
      ],
    });
    const [asked] = cloudWatch.commandCalls(DescribeAlarmsCommand);
    expect(asked?.args[0].input.AlarmNames).toContain('codeseeder-demo-sweep-missing');
  });

  it('A local AWS is said to have no alarms, without the list of its services', async () => {
    cloudWatch
      .on(DescribeAlarmsCommand)
      .rejects(Object.assign(new Error('no service monitoring; it has s3'), { name: 'UnknownService' }));

    expect((await read('/api/alarms')).value).toEqual({
      alarms: [],
      problem: 'A local AWS has no CloudWatch.',
    });
  });

  it('A caller without the right to read alarms gets the reason', async () => {
    cloudWatch
      .on(DescribeAlarmsCommand)
      .rejects(Object.assign(new Error('not authorized'), { name: 'AccessDenied' }));

    expect(await read('/api/alarms')).toEqual({
      status: 200,
      value: { alarms: [], problem: 'AccessDenied: not authorized' },
    });
  });
});

describe('The quotas in the console', () => {
  it('Quotas of builds and handlers are listed, the largest first, and other quotas are not', async () => {
    const quota = (QuotaName: string, Value: number) => ({ ServiceName: 'AWS CodeBuild', QuotaName, Value });
    serviceQuotas.on(ListServiceQuotasCommand).resolves({
      Quotas: [
        quota('Build projects', 5_000),
        quota('Concurrently running builds for Linux/Small environment', 1),
        { ...quota('Concurrently running builds for ARM/Small environment', 60), Adjustable: true },
      ],
    });
    serviceQuotas.on(GetServiceQuotaCommand).resolves({
      Quota: {
        ServiceName: 'AWS Lambda',
        QuotaName: 'Concurrent executions',
        Value: 1_000,
        Adjustable: true,
      },
    });
    const { value } = await read('/api/quotas');

    expect(value).toMatchObject({
      quotas: [
        { name: 'Concurrent executions', value: 1_000 },
        { name: 'Concurrently running builds for ARM/Small environment', value: 60, isAdjustable: true },
        { name: 'Concurrently running builds for Linux/Small environment', value: 1, isAdjustable: false },
      ],
    });
  });

  it('A caller without the right to read quotas gets the reason', async () => {
    serviceQuotas
      .on(ListServiceQuotasCommand)
      .rejects(Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }));

    expect((await read('/api/quotas')).value).toEqual({
      quotas: [],
      problem: 'AccessDeniedException: not authorized',
    });
  });
});

describe('The seedkit in the console', () => {
  it('The stack has its status, its times, its outputs by name, and the settings of the last deployment', async () => {
    const outputs = { ...OUTPUTS, SeedkitContext: '{"logRetentionDays":"30"}' };
    cloudFormation.on(DescribeStacksCommand).resolves({
      Stacks: [
        {
          StackName: 'aws-codeseeder-demo',
          StackId: 'arn:stack',
          CreationTime: new Date('2026-03-01T10:00:00Z'),
          StackStatus: 'UPDATE_ROLLBACK_COMPLETE',
          StackStatusReason: 'a resource failed',
          EnableTerminationProtection: true,
          Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
        },
      ],
    });

    expect((await read('/api/stack')).value).toEqual({
      stackName: 'aws-codeseeder-demo',
      stackId: 'arn:stack',
      status: 'UPDATE_ROLLBACK_COMPLETE',
      reason: 'a resource failed',
      createdAt: '2026-03-01T10:00:00.000Z',
      isProtected: true,
      outputs: [
        { name: 'Bucket', value: OUTPUTS['Bucket'] },
        { name: 'RunTable', value: OUTPUTS['RunTable'] },
        { name: 'StateMachineArn', value: OUTPUTS['StateMachineArn'] },
      ],
      settings: { logRetentionDays: '30' },
    });
  });

  it('Resources have their type, and a caller without the right to list them gets 403', async () => {
    cloudFormation.on(ListStackResourcesCommand).resolves({
      StackResourceSummaries: [
        {
          LogicalResourceId: 'Runs',
          PhysicalResourceId: 'codeseeder-demo-runs',
          ResourceType: 'AWS::DynamoDB::Table',
          ResourceStatus: 'CREATE_COMPLETE',
          LastUpdatedTimestamp: new Date(0),
        },
      ],
    });
    expect((await read('/api/resources')).value).toEqual({
      resources: [
        {
          name: 'Runs',
          id: 'codeseeder-demo-runs',
          type: 'AWS::DynamoDB::Table',
          status: 'CREATE_COMPLETE',
        },
      ],
    });

    cloudFormation
      .on(ListStackResourcesCommand)
      .rejects(Object.assign(new Error('not authorized'), { name: 'AccessDenied' }));
    expect(await read('/api/resources')).toEqual({
      status: 403,
      value: { code: 'AccessDenied', message: 'not authorized' },
    });
  });
});
