import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit } from '../../client/index.js';
import { codeseeder, PROJECT, start } from './command-line-process.js';
import { sharedSeedkit } from './local-seedkit.js';

beforeAll(() => sharedSeedkit());

const describeStack = async () => {
  const command = new DescribeStacksCommand({ StackName: 'aws-codeseeder-twins' });
  const { Stacks: [stack] = [] } = await new CloudFormationClient({}).send(command);
  return stack;
};

describe('The option deployIfNotExists', () => {
  const program = `
    import { seedkit } from ${JSON.stringify(`${PROJECT}/dist/client/index.js`)};
    const kits = [seedkit('twins', { deployIfNotExists: true }), seedkit('twins', { deployIfNotExists: true })];
    const outcomes = await Promise.all(kits.map((kit) => kit.commands(['true'])));
    console.log(outcomes.map(({ status }) => status).join(' '));`;

  it('A seedkit is deployed once although two processes at once, and a third later, find it missing, and destroyed with its data', async () => {
    const ask = () => start(process.execPath, ['--input-type=module', '--eval', program]).ended;
    const asked = [ask(), ask()];
    while (!(await describeStack().catch(() => undefined))?.StackStatus?.startsWith('CREATE')) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const third = await seedkit('twins', { deployIfNotExists: true }).commands(['true']);
    expect(third.status).toBe('SUCCEEDED');
    for (const { exitCode, stdout, stderr } of await Promise.all(asked)) {
      expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: 'SUCCEEDED SUCCEEDED\n', stderr });
    }
    const stack = await describeStack();
    expect(stack?.StackStatus).toBe('CREATE_COMPLETE');
    expect(await seedkit('twins').runs.list()).toHaveLength(5);

    const deleted = await codeseeder(['destroy', 'seedkit', 'twins', '--delete-data', '--yes', '--json']);
    expect(deleted.exitCode).toBe(0);
    expect(JSON.parse(deleted.stdout)).toMatchObject({ existed: true, retained: [] });
    const { OutputValue: TableName } =
      stack?.Outputs?.find(({ OutputKey }) => OutputKey === 'RunTable') ?? {};
    await expect(new DynamoDBClient({}).send(new DescribeTableCommand({ TableName }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
