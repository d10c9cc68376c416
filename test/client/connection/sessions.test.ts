import { DescribeStacksCommand, type CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { seedkit, type AwsOptions } from '../../../client/index.js';
import { executionArnOf } from '../../../lib/contract/index.js';
import { cloudFormation, resetAccount, states } from '../mocked-account.js';

const ACCOUNTS: Readonly<Record<string, string>> = { AKIDONE: '111111111111', AKIDTWO: '222222222222' };
const machineOf = (account = '') => `arn:aws:states:eu-west-1:${account}:stateMachine:codeseeder-demo`;
const as = (accessKeyId: string): AwsOptions => ({
  region: 'eu-west-1',
  credentials: { accessKeyId, secretAccessKey: 'example' },
});

/** Returns the account to which a client's credentials belong. */
async function accountOf(client: CloudFormationClient | SFNClient): Promise<string> {
  const { accessKeyId } = await client.config.credentials();
  return ACCOUNTS[accessKeyId] ?? 'unknown';
}

/**
 * The executions that were started: the account whose credentials signed the request, and the machine in the request.
 */
let started: { account: string; machine: string | undefined }[];

beforeEach(() => {
  resetAccount();
  started = [];
  cloudFormation
    .on(DescribeStacksCommand)
    .callsFake(async (_input: unknown, getClient: () => CloudFormationClient) => {
      const account = await accountOf(getClient());
      const outputs = {
        Bucket: `codeseeder-demo-${account}-abcdef`,
        StateMachineArn: machineOf(account),
        RunTable: 'codeseeder-demo-runs',
      };
      const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
      return { Stacks: [{ StackStatus: 'CREATE_COMPLETE', Outputs }] };
    });
  states
    .on(StartExecutionCommand)
    .callsFake(async (input: { name: string; stateMachineArn?: string }, getClient: () => SFNClient) => {
      const account = await accountOf(getClient());
      started.push({ account, machine: input.stateMachineArn });
      return { executionArn: executionArnOf(input.stateMachineArn ?? '', input.name) };
    });
});

const lookups = () => cloudFormation.commandCalls(DescribeStacksCommand).length;

describe('calls of one kit in two accounts', () => {
  it('Calls of one kit in two accounts never mix, and look up the seedkit of each account once', async () => {
    const kit = seedkit('demo', { aws: as('AKIDONE') });
    const runs = await Promise.all(
      ['AKIDONE', 'AKIDTWO', 'AKIDTWO', 'AKIDONE', 'AKIDTWO'].map(async (key, index) => {
        const call = index === 0 ? {} : { aws: as(key) };
        const run = await kit.submitCommands(['true'], call);
        return [key, run.executionArn.split(':')[4]];
      }),
    );

    for (const [key = '', account] of runs) expect(account).toBe(ACCOUNTS[key]);
    expect(started).toHaveLength(5);
    for (const { account, machine } of started) expect(machine).toBe(machineOf(account));
    expect(lookups()).toBe(2);
  });

  it('Calls of one kit take their account from a function that is called once for each of them', async () => {
    const keys = ['AKIDONE', 'AKIDTWO', 'AKIDONE'];
    const kit = seedkit('demo', { aws: async () => as(keys.shift() ?? '') });
    for (const account of ['111111111111', '222222222222', '111111111111']) {
      const { executionArn } = await kit.submitCommands(['true']);
      expect(executionArn).toContain(account);
    }

    expect(keys).toEqual([]);
    expect(lookups()).toBe(2);
  });

  it('Calls of one kit look up the seedkit again when the session token of a key changes', async () => {
    const kit = seedkit('demo');
    const credentials = { accessKeyId: 'AKIDONE', secretAccessKey: 'example' };
    for (const sessionToken of ['first', 'second', 'first']) {
      await kit.submitCommands(['true'], {
        aws: { region: 'eu-west-1', credentials: { ...credentials, sessionToken } },
      });
    }

    expect(lookups()).toBe(2);
  });

  it('Calls of one kit use the account of their function before that of the kit, and that of the call before both', async () => {
    const kit = seedkit('demo', { aws: as('AKIDTWO') });
    const file = new URL('../../fixtures/endings/endings.ts', import.meta.url).href;
    const add = kit.remoteFunction(file, async () => 1, { aws: as('AKIDONE'), exportName: 'add' });

    expect((await add.submit()).executionArn).toContain('111111111111');
    expect((await add.with({ aws: as('AKIDTWO') }).submit()).executionArn).toContain('222222222222');
  });
});

describe('options of a session', () => {
  it.each<[AwsOptions & Record<string, unknown>, string]>([
    [{ profile: 'dev', ...as('AKIDONE') }, 'profile: cannot be combined with credentials'],
    [{ assumeRole: { roleArn: 'deployer' } }, 'assumeRole.roleArn: must be the ARN of an IAM role'],
    [
      { assumeRole: { roleArn: 'arn:aws:iam::111111111111:role/deploy', durationSeconds: 60 } },
      'assumeRole.durationSeconds',
    ],
    [{ endpoint: 'localhost' }, 'endpoint: must be a URL'],
    [{ regoin: 'eu-west-1' }, 'regoin'],
  ])('The AWS options %j are refused before any call to AWS', async (aws, rule) => {
    await expect(seedkit('demo', { aws }).submitCommands(['true'])).rejects.toMatchObject({
      code: 'InvalidRequest',
      message: expect.stringContaining(rule),
    });
    expect(lookups()).toBe(0);
  });

  it('The message for refused AWS options contains no secret', async () => {
    const aws = { profile: 'dev', credentials: { accessKeyId: 'AKIDONE', secretAccessKey: 'sEcReT' } };
    const refusal: unknown = await seedkit('demo', { aws })
      .submitCommands(['true'])
      .catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(Error);
    expect(JSON.stringify([refusal, String(refusal), (refusal as Error).cause])).not.toContain('sEcReT');
  });
});
