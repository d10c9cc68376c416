import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateEventBusCommand, DeleteEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedkitDeployed } from '../../client/index.js';
import { codeseeder, PROJECT, start } from './command-line-process.js';
import { startLocalSeedkit, type LocalSeedkit } from './local-seedkit.js';

let place: LocalSeedkit;
beforeAll(async () => {
  place = await startLocalSeedkit({ name: 'place' });
});
afterAll(() => place?.close());

const describeStack = async (name: string) => {
  const command = new DescribeStacksCommand({ StackName: `aws-codeseeder-${name}` });
  const { Stacks: [stack] = [] } = await new CloudFormationClient({}).send(command);
  return stack;
};

/** Creates the domain that a seedkit with CodeArtifact would create. @returns a function that deletes it */
async function createDomain(DomainName: string): Promise<() => Promise<unknown>> {
  const client = new CloudFormationClient({});
  const StackName = 'in-the-way';
  const Resources = { Domain: { Type: 'AWS::CodeArtifact::Domain', Properties: { DomainName } } };
  const waiting = { client, minDelay: 0.1, maxDelay: 0.2, maxWaitTime: 240 };
  await client.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources }) }));
  await waitUntilStackCreateComplete(waiting, { StackName });
  return async () => {
    await client.send(new DeleteStackCommand({ StackName }));
    await waitUntilStackDeleteComplete(waiting, { StackName });
  };
}

interface Deployed {
  readonly stackName: string;
  readonly changed: boolean;
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

async function deploy(name: string, ...args: readonly string[]): Promise<Deployed> {
  const { exitCode, stdout, stderr } = await codeseeder(['deploy', 'seedkit', name, '--json', ...args]);
  if (exitCode !== 0) throw new Error(`deploy ended with ${exitCode}:\n${stderr}`);
  return JSON.parse(stdout) as Deployed;
}

describe('`codeseeder deploy` and `codeseeder destroy`', () => {
  // A fixed id, because a random one would need a new synthesis for every test run.
  const letters = ['--deploy-id', 'deploy'];

  it('A seedkit keeps its data and options when it is deployed again, also after a deployment that failed, until it is destroyed with its data', async () => {
    const first = await deploy('kit', ...letters);
    expect(first).toMatchObject({
      changed: true,
      status: 'CREATE_COMPLETE',
      outputs: { DeployId: 'deploy' },
    });
    const run = await codeseeder(['run', '-s', 'kit', '--', 'echo', 'hello']);
    expect(run).toMatchObject({ exitCode: 0 });

    const changed = ['--build-image', 'node:24', '--deploy-codeartifact'];
    const deleteDomain = await createDomain('aws-codeseeder-kit');
    const failed = await codeseeder(['deploy', 'seedkit', 'kit', ...changed]);
    expect(failed.exitCode).toBe(3);
    expect(failed.stderr).toMatch(
      /StackFailed: .* is UPDATE_ROLLBACK_COMPLETE\.\n- \w+ \(AWS::CodeArtifact::Domain\): Domain with name 'aws-codeseeder-kit' already exists\./,
    );
    expect(await seedkitDeployed('kit')).toEqual({
      deployed: true,
      stackName: first.stackName,
      status: 'UPDATE_ROLLBACK_COMPLETE',
      outputs: first.outputs,
    });
    await deleteDomain();

    const { SeedkitContext: _, ...kept } = first.outputs;
    const second = await deploy('kit', ...changed);
    expect(second).toMatchObject({
      changed: true,
      status: 'UPDATE_COMPLETE',
      outputs: { ...kept, CodeBuildProjectBuildImage: 'node:24' },
    });
    const { stdout: runs } = await codeseeder(['runs', 'list', '-s', 'kit', '--json']);
    expect(JSON.parse(runs)).toMatchObject([{ status: 'SUCCEEDED' }]);
    expect(await deploy('kit')).toMatchObject({ changed: false, outputs: second.outputs });

    const deleted = await codeseeder(['destroy', 'seedkit', 'kit', '--delete-data', '--yes', '--json']);
    expect(deleted.exitCode).toBe(0);
    expect(JSON.parse(deleted.stdout)).toMatchObject({ existed: true, retained: [] });
    const table = new DescribeTableCommand({ TableName: second.outputs['RunTable'] });
    await expect(new DynamoDBClient({}).send(table)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    // Nine commands, of which five load the CDK: four minutes at a load of 20 per processor.
  }, 600_000);

  it('A seedkit is deployed and destroyed with the roles of the bootstrap and one of CloudFormation', async () => {
    // The version that `cdk bootstrap` stores, and that the toolkit asks for before it uses the roles.
    const version = { Name: '/cdk-bootstrap/hnb659fds/version', Value: '30', Type: 'String' } as const;
    await new SSMClient({}).send(new PutParameterCommand(version));
    const role = ['--role-arn', 'arn:aws:iam::000000000000:role/deployment'];
    const first = await deploy('roles', ...letters, ...role, '--synthesizer', 'default');
    expect(first).toMatchObject({ changed: true, status: 'CREATE_COMPLETE' });
    expect(JSON.parse(first.outputs['SeedkitContext'] ?? '{}')).toMatchObject({ synthesizer: 'default' });
    expect(await deploy('roles', ...role)).toMatchObject({ changed: false, outputs: first.outputs });
    const destroyed = await codeseeder(['destroy', 'seedkit', 'roles', ...role]);
    expect(destroyed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('is destroyed') });
  });

  it('`deploy` reports why it failed, succeeds once the cause is gone, and refuses to replace retained data', async () => {
    const events = new EventBridgeClient({});
    await events.send(new CreateEventBusCommand({ Name: 'codeseeder-gone' }));
    const failed = await codeseeder(['deploy', 'seedkit', 'gone', ...letters]);
    expect(failed.exitCode).toBe(3);
    expect(failed.stderr).toMatch(
      /StackFailed: .* is ROLLBACK_COMPLETE\.\n- \w+ \(AWS::Events::EventBus\): Event bus codeseeder-gone already exists\./,
    );
    expect((await describeStack('gone'))?.StackStatus).toBe('ROLLBACK_COMPLETE');
    const run = await codeseeder(['run', '-s', 'gone', '--', 'true']);
    expect(run).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('SeedkitNotReady') });
    await events.send(new DeleteEventBusCommand({ Name: 'codeseeder-gone' }));
    const { outputs, ...made } = await deploy('gone', ...letters);
    expect(made).toMatchObject({ changed: true, status: 'CREATE_COMPLETE' });
    const destroyed = await codeseeder(['destroy', 'seedkit', 'gone']);
    expect(destroyed).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/retained: .*DynamoDB::Table/),
    });
    expect(destroyed.stdout).toMatch(/retained: .*KMS::Key\): \S+\n {2}The key costs 1 USD a month/);
    await expect(
      new S3Client({ forcePathStyle: true }).send(new HeadBucketCommand({ Bucket: outputs['Bucket'] })),
    ).rejects.toMatchObject({ name: 'NotFound' });

    const refused = await codeseeder(['deploy', 'seedkit', 'gone']);
    expect(refused).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('destroy seedkit gone --delete-data'),
    });
    await expect(describeStack('gone')).rejects.toThrow(/does not exist/);
    const unasked = await codeseeder(['destroy', 'seedkit', 'gone', '--delete-data']);
    expect(unasked).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--yes') });
    const again = await codeseeder(['destroy', 'seedkit', 'gone', '--delete-data', '--yes']);
    expect(again).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('There is no stack') });
    const table = new DescribeTableCommand({ TableName: outputs['RunTable'] });
    await expect(new DynamoDBClient({}).send(table)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('`deploy` prints the template with --synth, and refuses a VPC without subnets', async () => {
    const synth = await codeseeder(['deploy', 'seedkit', 'place', '--synth']);
    expect(JSON.parse(synth.stdout)).toMatchObject({ Parameters: { BuildImage: expect.anything() } });
    expect(await describeStack('place')).not.toHaveProperty('LastUpdatedTime');
    const half = await codeseeder(['deploy', 'seedkit', 'printed', '--vpc-id', 'vpc-11111111']);
    expect(half).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('subnetIds') });
  });
});

describe('The option deployIfNotExists', () => {
  const program = `
    import { seedkit } from ${JSON.stringify(`${PROJECT}/dist/client/index.js`)};
    const kits = [seedkit('twins', { deployIfNotExists: true }), seedkit('twins', { deployIfNotExists: true })];
    const outcomes = await Promise.all(kits.map((kit) => kit.commands(['true'])));
    console.log(outcomes.map(({ status }) => status).join(' '));`;

  it('A seedkit is deployed once although two processes at once, and a third later, find it missing', async () => {
    const ask = () => start(process.execPath, ['--input-type=module', '--eval', program]).ended;
    const asked = [ask(), ask()];
    while (!(await describeStack('twins').catch(() => undefined))?.StackStatus?.startsWith('CREATE')) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    for (const { exitCode, stdout, stderr } of await Promise.all([...asked, ask()])) {
      expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: 'SUCCEEDED SUCCEEDED\n', stderr });
    }
    expect((await describeStack('twins'))?.StackStatus).toBe('CREATE_COMPLETE');
  });
});
