import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { destroySeedkit } from '../../../client/deploy/destroy-seedkit.js';
import { deploySeedkit } from '../../../client/deploy/deploy-seedkit.js';
import { ensureDeployed } from '../../../client/deploy/ensure-deployed.js';
import { seedkitDeployed } from '../../../client/deploy/seedkit-deployed.js';

const cloudFormation = mockClient(CloudFormationClient);
const aws = { region: 'eu-west-1', credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' } };
beforeEach(() => void cloudFormation.reset());

function mockStack(status: string, outputs: Readonly<Record<string, string>>): void {
  cloudFormation.on(DescribeStacksCommand).resolves({
    Stacks: [
      {
        StackId: 'arn:stack',
        StackName: 'aws-codeseeder-demo',
        CreationTime: new Date(0),
        StackStatus: status as 'CREATE_COMPLETE',
        Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
      },
    ],
  });
}

const ours = { StateMachineArn: 'arn:machine', Bucket: 'b' };

describe('seedkitDeployed', () => {
  it.each([
    ['CREATE_COMPLETE', ours, true],
    ['UPDATE_ROLLBACK_COMPLETE', ours, true],
    ['UPDATE_IN_PROGRESS', ours, true],
    ['ROLLBACK_COMPLETE', {}, false],
    ['REVIEW_IN_PROGRESS', {}, false],
    ['CREATE_IN_PROGRESS', {}, false],
    ['UPDATE_ROLLBACK_FAILED', ours, false],
    ['CREATE_COMPLETE', { Bucket: 'of the reference' }, false],
  ])(
    '`seedkitDeployed` for a stack that is %s with the outputs %j returns %s',
    async (status, outputs, deployed) => {
      mockStack(status, outputs);
      expect(await seedkitDeployed('demo', { aws })).toEqual({
        deployed,
        stackName: 'aws-codeseeder-demo',
        outputs,
        status,
      });
    },
  );

  it('Without a stack, a seedkit is not deployed and there is nothing to destroy', async () => {
    const message = 'Stack with id aws-codeseeder-demo does not exist';
    cloudFormation.on(DescribeStacksCommand).rejects(new Error(message));
    expect(await seedkitDeployed('demo', { aws })).toMatchObject({ deployed: false, status: undefined });
    expect(await destroySeedkit('demo', { aws })).toMatchObject({ existed: false });
  });
});

describe("stack of aws-codeseeder with the seedkit's name", () => {
  it.each([
    ['deployed over', () => deploySeedkit('demo', { aws })],
    ['destroyed', () => destroySeedkit('demo', { aws })],
    ['destroyed with its data', () => destroySeedkit('demo', { aws, deleteData: true })],
    ['deployed over because it is no seedkit that is deployed', () => ensureDeployed('demo', aws)],
  ])('A stack of aws-codeseeder is not %s', async (_title, operate) => {
    for (const status of ['CREATE_COMPLETE', 'UPDATE_ROLLBACK_FAILED', 'DELETE_FAILED']) {
      mockStack(status, { Bucket: 'b', CodeBuildProject: 'p' });
      await expect(operate()).rejects.toMatchObject({
        code: 'StackNotOurs',
        message: expect.stringContaining('Deploy under another name'),
      });
    }
    const sent = cloudFormation.calls().map(({ args }) => args[0].constructor.name);
    expect(new Set(sent)).toEqual(new Set(['DescribeStacksCommand']));
  });
});

describe('check of options', () => {
  it.each([
    ['Not A Name', {}, 'a seedkit name is'],
    ['demo', { rolePath: `/${'a'.repeat(200)}/` }, 'Step Functions refuses a role'],
    ['demo', { policyArns: ['builds'] }, 'must be the ARN of a managed policy'],
    ['demo', { logRetentionDays: 8 }, 'must be forever, or a number of days'],
    ['demo', { deployId: 'ABCDEF' }, 'six lower-case letters'],
  ])('`deploySeedkit` refuses the name %s with %j before it calls AWS', async (name, options, message) => {
    await expect(deploySeedkit(name, { aws, ...options })).rejects.toMatchObject({
      code: 'InvalidRequest',
      message: expect.stringContaining(message),
    });
    expect(cloudFormation.calls()).toHaveLength(0);
  });
});
