import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit, type RunRecord } from '../../client/index.js';
import { runMain } from '../client/cli/a-terminal.js';
import { faultsOfEvent } from '../event-schema.js';
import { codeseeder, COMMAND_LINE, start, type Running } from './command-line-process.js';

const APP = 'node test/fixtures/apps/own-stacks.mjs';
const BROKEN = 'node test/fixtures/apps/broken.mjs';

interface Up {
  readonly endpoint: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stackName: string;
  readonly stacks: readonly { readonly stackName: string; readonly outputs: Record<string, string> }[];
}

/** File name of the template of the app's second stack. */
const TEMPLATE = 'OwnData.template.json';

interface Template {
  readonly Resources: Record<string, unknown>;
}

let folder: string;
/** Folder of the assembly that the app synthesized for `local up`. */
let assembly: string;
let localAws: Running;
let up: Up;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-own-'));
  assembly = path.join(folder, 'assembly');
  const args = [
    'local',
    'up',
    'own',
    '--app',
    keeping(assembly),
    '--data',
    path.join(folder, 'data'),
    '--json',
  ];
  localAws = start(process.execPath, [COMMAND_LINE, ...args]);
  await localAws.untilPrinted('\n}\n');
  up = JSON.parse(localAws.printed()) as Up;
});
afterAll(async () => {
  localAws?.process.kill('SIGTERM');
  await localAws?.ended;
  await rm(folder, { recursive: true, force: true });
});

/**
 * Returns the command of an app whose stack OwnData has one more resource. The app copies the assembly and changes
 * it, because synthesizing takes seconds.
 */
async function appWith(type: string): Promise<string> {
  const changed = await mkdtemp(path.join(folder, 'app-'));
  await cp(assembly, changed, { recursive: true });
  const template = JSON.parse(await readFile(path.join(changed, TEMPLATE), 'utf8')) as Template;
  template.Resources['Added'] = { Type: type };
  await writeFile(path.join(changed, TEMPLATE), JSON.stringify(template));
  // The assembly contains the hash under which the toolkit uploads a template.
  const [, hash = ''] =
    /"([0-9a-f]{64})":[^{}]*\{[^{}]*"OwnData Template"/.exec(
      await readFile(path.join(changed, 'OwnData.assets.json'), 'utf8'),
    ) ?? [];
  for (const name of ['OwnData.assets.json', 'manifest.json']) {
    const text = await readFile(path.join(changed, name), 'utf8');
    expect(text).toContain(hash);
    const ownHash = createHash('sha256').update(type).digest('hex');
    await writeFile(path.join(changed, name), text.replaceAll(hash, ownHash));
  }
  return copyOf(changed);
}

/** Returns a command that runs the app and then copies its assembly. */
const keeping = (copy: string) => `${APP} && cp -r "$CDK_OUTDIR" '${copy}'`;

const copyOf = (ofAssembly: string) => `cp -r '${ofAssembly}/.' "$CDK_OUTDIR"`;

/** Returns options for SDK clients of the local AWS. */
function aws() {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = up.environment;
  const region = up.environment['AWS_REGION'] ?? '';
  return { endpoint: up.endpoint, region, credentials: { accessKeyId, secretAccessKey } };
}

/** Waits until a run whose id starts with a prefix has ended. */
async function endedRun(prefix: string): Promise<RunRecord> {
  const kit = seedkit('own', { aws: aws() });
  for (;;) {
    const done = (await kit.runs.list()).find(
      ({ runId, status }) => runId.startsWith(prefix) && status !== 'QUEUED' && status !== 'BUILDING',
    );
    if (done !== undefined) return done;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function logOf(runId: string): Promise<string[]> {
  const lines = [];
  for await (const { message } of (await seedkit('own', { aws: aws() }).attach(runId)).logs()) {
    lines.push(message);
  }
  return lines;
}

const outputOf = (output: string) => up.stacks[1]?.outputs[output] ?? '';

/** Starts the app's state machine that runs commands, and waits for its end. */
async function released(input: { readonly major: number }) {
  const sfn = new SFNClient(aws());
  const stateMachineArn = outputOf('ReleaseArn');
  const start = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) });
  const { executionArn } = await sfn.send(start);
  for (;;) {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== 'RUNNING') return execution;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Returns the input of the first execution that a rule started. */
async function announced(): Promise<string> {
  const sfn = new SFNClient(aws());
  for (;;) {
    const list = new ListExecutionsCommand({ stateMachineArn: outputOf('AnnounceArn') });
    const [execution] = (await sfn.send(list)).executions ?? [];
    if (execution !== undefined) {
      const { executionArn } = execution;
      return (await sfn.send(new DescribeExecutionCommand({ executionArn }))).input ?? '';
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function firstMessage(): Promise<string> {
  const sqs = new SQSClient(aws());
  for (;;) {
    const receive = new ReceiveMessageCommand({ QueueUrl: outputOf('FailedUrl'), WaitTimeSeconds: 20 });
    const [message] = (await sqs.send(receive)).Messages ?? [];
    if (message !== undefined) return message.Body ?? '';
  }
}

describe('`codeseeder local up --app`', () => {
  it('`local up --app` deploys all stacks of the app, with a bucket of its own, and prints the seedkit', async () => {
    expect(up.stacks.map(({ stackName }) => stackName)).toEqual(['aws-codeseeder-own', 'OwnData']);
    expect(up).toMatchObject({ stackName: 'aws-codeseeder-own' });
    expect(up.environment['CODESEEDER_SEEDKIT']).toBe('own');
    const Bucket = up.stacks[1]?.outputs['ReportsBucket'] ?? '';
    const s3 = new S3Client({ ...aws(), forcePathStyle: true });
    await expect(s3.send(new HeadBucketCommand({ Bucket }))).resolves.toMatchObject({
      $metadata: { httpStatusCode: 200 },
    });
  });

  it('A cron schedule of the app starts a run at a full minute, and the run succeeds', async () => {
    const { runId, status } = await endedRun('minutely-');
    expect(status).toBe('SUCCEEDED');
    expect(runId).toMatch(/^minutely-\d{8}T\d{4}00Z-[0-9a-f]{8}$/);
    expect(await logOf(runId)).toContain('ran by cron');
  }, 180_000);

  it('A file that is put into a bucket of the app with `eventBridgeEnabled` starts a run, which gets its key', async () => {
    const Bucket = outputOf('IncomingBucket');
    const s3 = new S3Client({ ...aws(), forcePathStyle: true });
    await s3.send(new PutObjectCommand({ Bucket, Key: 'reports/may.csv', Body: 'a,b' }));
    const { runId, status } = await endedRun('import-');
    expect(status).toBe('SUCCEEDED');
    expect(await logOf(runId)).toContain('imports reports/may.csv');
  });

  it('A state machine of the app runs commands as a task and gets what they exported, and a rule tells another machine', async () => {
    const { name, output } = await released({ major: 7 });
    expect(output).toMatch(/^\{"version":"7\.\d+"\}$/);
    expect(JSON.parse(await announced())).toEqual({
      run: `${name}-build`,
      target: 'test "$MAJOR" -lt 9',
    });
    const again = await seedkit('own', { aws: aws() }).again(`${name}-build`);
    expect((await again.outcome()).record).toMatchObject({ status: 'SUCCEEDED', retryOf: `${name}-build` });
  });

  it('The task of a failed run fails with its failure code, and a rule puts the event of its end into a queue of the app', async () => {
    const { name, error, cause = '' } = await released({ major: 9 });
    expect({ error, cause: JSON.parse(cause) as unknown }).toMatchObject({
      error: 'States.TaskFailed',
      cause: { Status: 'FAILED', Error: 'CommandFailed' },
    });
    const event = JSON.parse(await firstMessage()) as { readonly detail: object };
    expect(event.detail).toMatchObject({
      runId: `${name}-build`,
      status: 'FAILED',
      failure: { code: 'CommandFailed' },
    });
    expect(faultsOfEvent('Run State Change', event.detail)).toEqual([]);
  });

  it('`local up --app` exits with 3 and names a resource type that the local AWS does not support', async () => {
    const data = path.join(folder, 'cluster');
    const app = await appWith('AWS::ECS::Cluster');
    const failed = await runMain(['local', 'up', 'own', '--app', app, '--data', data]);
    expect(failed.stderr).toMatch(
      /- Added \(AWS::ECS::Cluster\): .* type[^]*It has these types: .*AWS::S3::Bucket/,
    );
    expect(failed).toMatchObject({ exitCode: 3, stdout: '' });
  });

  it("`local up --app` exits with 2 and prints the app's output if the app fails", async () => {
    const data = path.join(folder, 'broken');
    const failed = await runMain(['local', 'up', 'own', '--app', BROKEN, '--data', data]);
    expect(failed.stderr).toMatch(
      /PackFailed: The app ".*broken.mjs" could not be synthesized[^]*the app is broken/,
    );
    expect(failed).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('`local up --app` without the named seedkit exits with 2 and names the stacks of the app', async () => {
    const data = path.join(folder, 'other');
    const failed = await runMain(['local', 'up', 'other', '--app', copyOf(assembly), '--data', data]);
    expect(failed).toMatchObject({ exitCode: 2, stdout: '' });
    expect(failed.stderr).toContain(
      'has no stack aws-codeseeder-other. Its stacks are: aws-codeseeder-own, OwnData.',
    );
  });
});

describe('`codeseeder deploy --app`', () => {
  const deployApp = (app: string) =>
    codeseeder(['deploy', '--app', app, '--json', '--verbose'], up.environment);

  it('`deploy --app` leaves stacks that are up to date, and updates the one whose resources changed', async () => {
    const deployed = await deployApp(`ADDED=AWS::SQS::Queue ${APP}`);
    expect(deployed.exitCode === 0 ? '' : deployed.stderr).toBe('');
    expect(deployed.stderr).toContain('CREATE_COMPLETE      AWS::SQS::Queue Added');
    expect(JSON.parse(deployed.stdout)).toMatchObject({
      stacks: [
        { stackName: 'aws-codeseeder-own', changed: false },
        { stackName: 'OwnData', changed: true, outputs: up.stacks[1]?.outputs },
      ],
    });
  });

  it('`deploy --app` exits with 3 and names the stack and the resource type that the local AWS does not support', async () => {
    const failed = await deployApp(await appWith('AWS::ECS::Cluster'));
    expect(failed).toMatchObject({ exitCode: 3, stdout: '' });
    expect(failed.stderr).toContain(
      'Added (AWS::ECS::Cluster): the local AWS does not have this resource type',
    );
  });

  it("`deploy --app` exits with 2 and prints the app's output if the app fails", async () => {
    const failed = await deployApp(BROKEN);
    expect(failed).toMatchObject({ exitCode: 2, stdout: '' });
    expect(failed.stderr).toContain('the app is broken');
  });
});
