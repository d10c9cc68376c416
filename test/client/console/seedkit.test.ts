import { DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { cloudFormation, OUTPUTS, resetAccount } from '../mocked-account.js';
import { type OpenConsole, openConsole } from './mocked-console.js';

let site: OpenConsole;

beforeEach(async () => {
  resetAccount();
  site = await openConsole();
});

afterEach(() => site.running.close());

const read = async (path: string) => {
  const { status, body } = await site.get(path);
  return { status, value: JSON.parse(body) as unknown };
};

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
