import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { connect } from '../../../client/connection/connection.js';
import { missingSeedkit } from '../../../client/connection/missing-seedkit.js';
import { AWS, cloudFormation, OUTPUTS, resetAccount, mockStack } from '../mocked-account.js';

beforeEach(resetAccount);

const find = (name = 'demo') => connect(name, AWS).deployed();

describe('a seedkit', () => {
  it('A seedkit is found by the outputs of its stack, which is described once', async () => {
    const connection = connect('demo', AWS);
    const [one, other] = await Promise.all([connection.deployed(), connection.deployed()]);

    expect(one).toEqual({
      bucket: OUTPUTS['Bucket'],
      stateMachineArn: OUTPUTS['StateMachineArn'],
      runTable: OUTPUTS['RunTable'],
      packages: undefined,
    });
    expect(other).toBe(one);
    expect(cloudFormation.commandCalls(DescribeStacksCommand)).toHaveLength(1);
  });

  it('A seedkit that does not exist is named with its region and the commands that deploy it, and looked up again by the next call', async () => {
    cloudFormation
      .on(DescribeStacksCommand)
      .rejectsOnce(new Error('Stack with id aws-codeseeder-demo does not exist'));
    const connection = connect('demo', AWS);

    await expect(connection.deployed()).rejects.toMatchObject({
      code: 'SeedkitNotFound',
      message: expect.stringMatching(
        /"demo" .* eu-west-1 [^]*: codeseeder deploy seedkit demo\n[^]*codeseeder local up demo --detach/,
      ),
    });
    mockStack('CREATE_COMPLETE', OUTPUTS);
    await expect(connection.deployed()).resolves.toMatchObject({ bucket: OUTPUTS['Bucket'] });
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'of another seedkit',
      { CODESEEDER_SEEDKIT: 'other' },
      `- To use its own local AWS, if that is up: eval "$(codeseeder local env demo)"
- To deploy it to this local AWS: codeseeder deploy seedkit demo
- To start a local AWS that has it: eval "$(codeseeder local up demo --detach)"`,
    ],
    [
      'whose variables name it',
      { CODESEEDER_SEEDKIT: 'demo' },
      '- To deploy it to this local AWS: codeseeder deploy seedkit demo',
    ],
  ])(
    'A seedkit that is missing in a local AWS %s is named with the endpoint, and with the steps that help there',
    (_, variables, steps) => {
      const before = { ...process.env };
      Object.assign(process.env, { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', ...variables });
      try {
        expect(missingSeedkit('demo', 'us-east-1').message).toBe(
          `No seedkit "demo" is deployed in the local AWS at http://127.0.0.1:4566.\n${steps}`,
        );
      } finally {
        process.env = before;
      }
    },
  );

  it.each(['ROLLBACK_COMPLETE', 'CREATE_IN_PROGRESS', 'DELETE_FAILED'])(
    'A seedkit whose stack is in state %s is not ready',
    async (state) => {
      mockStack(state, OUTPUTS);

      await expect(find()).rejects.toMatchObject({
        code: 'SeedkitNotReady',
        message: expect.stringContaining(state),
      });
    },
  );

  it('A seedkit accepts runs while its stack is being updated', async () => {
    mockStack('UPDATE_IN_PROGRESS', OUTPUTS);

    await expect(find()).resolves.toMatchObject({ runTable: OUTPUTS['RunTable'] });
  });

  it('A stack of aws-codeseeder without a control plane is reported as not ready, and the message names aws-codeseeder', async () => {
    mockStack('CREATE_COMPLETE', { Bucket: 'codeseeder-demo' });

    await expect(find()).rejects.toMatchObject({
      code: 'SeedkitNotReady',
      message: expect.stringContaining('aws-codeseeder'),
    });
  });

  it('A name that no seedkit can have is refused without a call to AWS', async () => {
    await expect(find('Demo Kit')).rejects.toMatchObject({ code: 'InvalidRequest' });
    expect(cloudFormation.commandCalls(DescribeStacksCommand)).toHaveLength(0);
  });
});
