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
import { beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit, seedkitDeployed } from '../../client/index.js';
import { deploySeedkit } from '../../client/deploy/deploy-seedkit.js';
import { runMain } from '../client/cli/a-terminal.js';
import { codeseeder } from './command-line-process.js';
import { deployAndInstall } from './deployed-modules.js';
import { sharedSeedkit } from './local-seedkit.js';

/** A fixed id. A random one would require a new synthesis in every test run. */
const ID = ['--deploy-id', 'deploy'];
/** Options with a role for deployments. */
const ROLES = ['--role-arn', 'arn:aws:iam::000000000000:role/deployment'];
/** Options of an update. The update fails while another stack has a CodeArtifact domain of the same name. */
const CHANGED = ['--build-image', 'node:24', '--deploy-codeartifact'];
const STACK = 'aws-codeseeder-kit';

interface Deployed {
  readonly stackName: string;
  readonly changed: boolean;
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

const describeStack = async (StackName: string) => {
  const { Stacks: [stack] = [] } = await new CloudFormationClient({}).send(
    new DescribeStacksCommand({ StackName }),
  );
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

const deployKit = (...args: readonly string[]) =>
  codeseeder(['deploy', 'seedkit', 'kit', '--json', ...ROLES, ...args]);

async function deployed(...args: readonly string[]): Promise<Deployed> {
  const { exitCode, stdout, stderr } = await deployKit(...args);
  if (exitCode !== 0) throw new Error(`deploy ended with ${exitCode}:\n${stderr}`);
  return JSON.parse(stdout) as Deployed;
}

const statusOfTable = (TableName = '') =>
  new DynamoDBClient({}).send(new DescribeTableCommand({ TableName })).then(
    ({ Table }) => Table?.TableStatus,
    ({ name }: Error) => name,
  );

/**
 * Deploys a seedkit while its event bus already exists, which fails. Then deletes the bus and deploys again.
 */
async function createInTwoAttempts() {
  const events = new EventBridgeClient({});
  // The version of the bootstrap stack that `cdk bootstrap` stores. The toolkit reads it before it uses the bootstrap
  // roles.
  const version = { Name: '/cdk-bootstrap/hnb659fds/version', Value: '30', Type: 'String' } as const;
  await new SSMClient({}).send(new PutParameterCommand(version));
  await events.send(new CreateEventBusCommand({ Name: 'codeseeder-kit' }));
  const options = [...ID, '--synthesizer', 'default'];
  const failed = await deployKit(...options);
  const { StackStatus: status } = (await describeStack(STACK)) ?? {};
  const refusedRun: unknown = await seedkit('kit')
    .commands(['true'])
    .catch((error: unknown) => error);
  await events.send(new DeleteEventBusCommand({ Name: 'codeseeder-kit' }));
  return { failed, status, refusedRun, created: await deployed(...options) };
}

/**
 * Runs a command. Then updates the seedkit while another stack has the domain, which fails, and again without that
 * stack.
 */
async function updateInTwoAttempts() {
  const kit = seedkit('kit');
  await kit.commands(['echo hello']);
  const deleteDomain = await createDomain('aws-codeseeder-kit');
  const failed = await deployKit(...CHANGED);
  const afterFailure = await seedkitDeployed('kit');
  await deleteDomain();
  const updated = await deployed(...CHANGED);
  const [runs, unchanged] = [await kit.runs.list(), await deployed()];
  const beforeSynth = await describeStack(STACK);
  // Synthesizes the settings that are deployed, so that it finds the assembly of the deployment before.
  const synth = await codeseeder(['deploy', 'seedkit', 'kit', '--synth']);
  return {
    failed,
    afterFailure,
    updated,
    runs,
    unchanged,
    synth,
    beforeSynth,
    afterSynth: await describeStack(STACK),
  };
}

/**
 * Destroys the seedkit, starts to deploy it again although its data was retained, and then destroys the data. None of
 * these commands starts the toolkit, so that they run in this process.
 */
async function destroyInTwoSteps({ outputs }: Deployed) {
  const destroyed = await runMain(['destroy', 'seedkit', 'kit', '--yes', ...ROLES]);
  const Bucket = outputs['Bucket'];
  const bucket: unknown = await new S3Client({ forcePathStyle: true })
    .send(new HeadBucketCommand({ Bucket }))
    .catch((error: unknown) => error);
  const retained = await statusOfTable(outputs['RunTable']);
  // A toolkit that stops shows that the deployment would go on.
  const redeployed: unknown = await deploySeedkit(
    'kit',
    { deployId: ID[1], synthesizer: 'default' },
    { tools: { synthesize: async () => '', runToolkit: async () => ({ failure: 'stopped by the test' }) } },
  ).catch((error: unknown) => error);
  const refused = await runMain(['deploy', 'seedkit', 'kit', '--deploy-codeartifact', ...ROLES]);
  const stack: unknown = await describeStack(STACK).catch((error: unknown) => error);
  const unasked = await runMain(['destroy', 'seedkit', 'kit', '--delete-data']);
  const deleted = await runMain(['destroy', 'seedkit', 'kit', '--delete-data', '--yes']);
  const left = await statusOfTable(outputs['RunTable']);
  return { destroyed, bucket, retained, redeployed, refused, stack, unasked, deleted, left };
}

describe('`codeseeder deploy` and `codeseeder destroy`', () => {
  let creation: Awaited<ReturnType<typeof createInTwoAttempts>>;
  let update: Awaited<ReturnType<typeof updateInTwoAttempts>>;
  let modules: Awaited<ReturnType<typeof deployAndInstall>>;
  let destruction: Awaited<ReturnType<typeof destroyInTwoSteps>>;

  // The timeout allows for five commands that load the CDK, which take four minutes at a load of 20 per processor.
  beforeAll(async () => {
    const place = await sharedSeedkit();
    creation = await createInTwoAttempts();
    update = await updateInTwoAttempts();
    modules = await deployAndInstall('kit', place);
    destruction = await destroyInTwoSteps(update.updated);
  }, 600_000);

  it('`deploy` reports why it failed, and succeeds once the cause is gone', () => {
    expect(creation.failed.exitCode).toBe(3);
    expect(creation.failed.stderr).toMatch(
      /StackFailed: .* is ROLLBACK_COMPLETE\.\n- \w+ \(AWS::Events::EventBus\): Event bus codeseeder-kit already exists\./,
    );
    expect(creation.status).toBe('ROLLBACK_COMPLETE');
    expect(creation.refusedRun).toMatchObject({ code: 'SeedkitNotReady' });
    expect(creation.created).toMatchObject({
      changed: true,
      status: 'CREATE_COMPLETE',
      outputs: { DeployId: 'deploy' },
    });
  });

  it('A seedkit keeps its data and options when it is deployed again, also after a deployment that failed', () => {
    const { stackName, outputs } = creation.created;
    expect(update.failed.exitCode).toBe(3);
    expect(update.failed.stderr).toMatch(
      /StackFailed: .* is UPDATE_ROLLBACK_COMPLETE\.\n- \w+ \(AWS::CodeArtifact::Domain\): Domain with name 'aws-codeseeder-kit' already exists\./,
    );
    expect(update.afterFailure).toEqual({
      deployed: true,
      stackName,
      status: 'UPDATE_ROLLBACK_COMPLETE',
      outputs,
    });
    const { SeedkitContext: _, ...kept } = outputs;
    expect(update.updated).toMatchObject({
      changed: true,
      status: 'UPDATE_COMPLETE',
      outputs: { ...kept, CodeBuildProjectBuildImage: 'node:24' },
    });
    expect(update.runs).toMatchObject([{ status: 'SUCCEEDED' }]);
    expect(update.unchanged).toMatchObject({ changed: false, outputs: update.updated.outputs });
  });

  it('A seedkit is deployed, updated and destroyed with the roles of the bootstrap and one of CloudFormation', () => {
    for (const { outputs } of [creation.created, update.updated, update.unchanged]) {
      expect(JSON.parse(outputs['SeedkitContext'] ?? '{}')).toMatchObject({ synthesizer: 'default' });
    }
    expect(destruction.destroyed).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('is destroyed'),
    });
  });

  it('`destroy` leaves table and packages until both are destroyed too, and a seedkit in a local AWS can take over the table', () => {
    const { destroyed, bucket, retained, redeployed, refused, stack, unasked, deleted, left } = destruction;
    expect(destroyed.stdout).toContain('- the records of runs, in the table codeseeder-kit-runs\n');
    expect(destroyed.stdout).toContain('- packages, in the CodeArtifact domain aws-codeseeder-kit\n');
    expect(destroyed.stdout).not.toContain('KMS');
    expect(bucket).toMatchObject({ name: 'NotFound' });
    expect(retained).toBe('ACTIVE');
    expect(redeployed).toMatchObject({
      code: 'DeployFailed',
      message: expect.stringMatching(/stopped by the test$/),
    });
    expect(refused).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(
        /domain aws-codeseeder-kit exists: .*\n.*\n.*destroy seedkit kit --delete-data/,
      ),
    });
    expect(stack).toMatchObject({ message: expect.stringMatching(/does not exist/) });
    expect(unasked).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--yes') });
    expect(deleted).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(
        'is deleted: the table codeseeder-kit-runs and the CodeArtifact domain aws-codeseeder-kit.',
      ),
    });
    expect(left).toBe('ResourceNotFoundException');
  });

  it('`deploy` prints the template with --synth, and deploys nothing', () => {
    const { synth, beforeSynth, afterSynth } = update;
    expect(JSON.parse(synth.stdout)).toMatchObject({ Parameters: { BuildImage: expect.anything() } });
    expect(beforeSynth?.LastUpdatedTime).toBeDefined();
    expect(afterSynth?.LastUpdatedTime).toEqual(beforeSynth?.LastUpdatedTime);
  });

  it('Builds install the deployed packages, and the new content after the same version is deployed again', () => {
    const { first, saidFirst, second, saidSecond } = modules;
    expect(first).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(first.stdout)).toEqual({
      seedkit: 'kit',
      domain: 'aws-codeseeder-kit',
      repository: 'python-repository',
      modules: [
        { name: '@team/hail', kind: 'npm', version: '1.2.3', replaced: false },
        { name: 'Greeting_Tool', kind: 'python', version: '1.2.3', replaced: false },
      ],
    });
    expect(saidFirst).toEqual(['npm: one', 'python: one']);
    expect(second.modules).toMatchObject([{ replaced: true }, { replaced: true }]);
    expect(saidSecond).toEqual(['npm: two', 'python: two']);
  });

  it('Deploying and installing packages leaves no token in logs, records, events, files or command lines', () => {
    const { token, log, commandLines, files, events } = modules;
    expect(token).toMatch(/^[\w-]{40,}$/);
    expect(log).toMatch(/pip: packages come from http:.*\n.*npm: packages come from http:/);
    expect(commandLines).toContain('--registry=http://127.0.0.1');
    for (const text of [log, commandLines, files, events]) {
      expect(text).not.toContain(token);
      expect(text).not.toMatch(/_authToken=[\w-]{40}|aws:[\w-]{40}@/);
    }
  });
});
