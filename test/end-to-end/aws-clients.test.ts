import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  BatchGetBuildsCommand,
  type Build,
  CodeBuildClient,
  ListBuildsCommand,
} from '@aws-sdk/client-codebuild';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit, type RunRecord } from '../../client/index.js';
import { BUILD_VARIABLES, RUN_REQUESTED } from '../../lib/contract/index.js';
import { withAwsCli, withBoto3 } from '../installed-tools.js';
import { start } from './command-line-process.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';

const BOTO3_CALLS = path.join(import.meta.dirname, 'boto3-calls.py');

let place: SharedSeedkit;
let folder: string;
let record: RunRecord;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-aws-'));
  place = await sharedSeedkit();
  const run = await seedkit(place.name).submitCommands(['echo "seen by other clients"']);
  ({ record } = await run.outcome());
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function output(name: string): string {
  return place.outputs[name] ?? '';
}

/** Returns the variables that `local up` prints. The environment has no other source of credentials. */
function variables(overrides: Readonly<Record<string, string>> = {}) {
  return { HOME: folder, ...place.environment, ...overrides };
}

async function aws(
  args: readonly string[],
  overrides: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const { exitCode, stdout, stderr } = await start('aws', [...args, '--output', 'json'], variables(overrides))
    .ended;
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.trim() === '' ? undefined : JSON.parse(stdout);
}

async function untilSucceeded(runId: string): Promise<RunRecord> {
  for (;;) {
    const found = (await seedkit(place.name).runs.list({ limit: 100 })).find((each) => each.runId === runId);
    if (found?.status === 'SUCCEEDED') return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('The AWS CLI', () => {
  withAwsCli('The AWS CLI with the printed environment shows a run in each service', async () => {
    const { executionArn, buildId = '', logGroup = '', logStream = '' } = record;
    const [history, scan, builds, log, stacks, identity] = await Promise.all([
      aws(['stepfunctions', 'get-execution-history', '--execution-arn', executionArn]),
      aws(['dynamodb', 'scan', '--table-name', output('RunTable')]),
      aws(['codebuild', 'batch-get-builds', '--ids', buildId]),
      aws(['logs', 'get-log-events', '--log-group-name', logGroup, '--log-stream-name', logStream]),
      aws(['cloudformation', 'describe-stacks', '--stack-name', `aws-codeseeder-${place.name}`]),
      aws(['sts', 'get-caller-identity']),
    ]);

    expect(history).toMatchObject({
      events: expect.arrayContaining([expect.objectContaining({ type: 'ExecutionSucceeded' })]),
    });
    expect(scan).toMatchObject({
      Items: expect.arrayContaining([expect.objectContaining({ runId: { S: record.runId } })]),
    });
    expect(builds).toMatchObject({ builds: [{ id: buildId, buildStatus: 'SUCCEEDED' }] });
    expect(JSON.stringify(log)).toContain('"seen by other clients');
    expect(stacks).toMatchObject({ Stacks: [{ StackStatus: 'CREATE_COMPLETE' }] });
    expect(identity).toMatchObject({ Account: '000000000000' });
  });

  withAwsCli('The AWS CLI copies 20 MB to S3 and back without a changed byte', async () => {
    const content = randomBytes(20 * 1024 * 1024);
    const [up, down] = [path.join(folder, 'up'), path.join(folder, 'down')];
    await writeFile(up, content);
    const object = `s3://${output('Bucket')}/by-cli`;
    await start('aws', ['s3', 'cp', '--no-progress', up, object], variables()).ended;
    await start('aws', ['s3', 'cp', '--no-progress', object, down], variables()).ended;

    expect((await readFile(down)).equals(content)).toBe(true);
  });

  withAwsCli('The AWS CLI starts a run by putting an event', async () => {
    const detail = { version: 1, runId: 'by-cli', invocation: { kind: 'commands', target: ['true'] } };
    const entry = {
      EventBusName: output('EventBus'),
      Source: 'my.pipeline',
      DetailType: RUN_REQUESTED,
      Detail: JSON.stringify(detail),
    };
    const answer = await aws(['events', 'put-events', '--entries', JSON.stringify([entry])]);

    expect(answer).toMatchObject({ FailedEntryCount: 0 });
    await expect(untilSucceeded('by-cli')).resolves.toMatchObject({ trigger: 'EVENT' });
  });

  withAwsCli('The AWS CLI is refused with wrong credentials', async () => {
    const { executionArn } = record;
    const history = ['stepfunctions', 'get-execution-history', '--execution-arn', executionArn];

    await Promise.all([
      expect(aws(history, { AWS_SECRET_ACCESS_KEY: 'wrong' })).rejects.toThrow(/InvalidSignatureException/),
      expect(aws(history, { AWS_ACCESS_KEY_ID: 'AKIANOBODY' })).rejects.toThrow(
        /UnrecognizedClientException/,
      ),
    ]);
  });
});

describe('boto3', () => {
  withBoto3(
    '`boto3` with the printed environment shows a run, and each service refuses wrong credentials with its own error',
    async () => {
      const args = [
        output('Bucket'),
        output('RunTable'),
        'by-boto3',
        record.executionArn,
        record.buildId ?? '',
        record.logGroup ?? '',
        record.logStream ?? '',
        `aws-codeseeder-${place.name}`,
        output('EventBus'),
      ];
      const { stdout, stderr } = await start('python3', [BOTO3_CALLS, ...args], variables()).ended;

      expect(stderr).toBe('');
      const ofEach = (json: string, query: string, s3: string) => ({
        ...Object.fromEntries(
          ['stepfunctions', 'dynamodb', 'codebuild', 'logs', 'events'].map((service) => [service, json]),
        ),
        cloudformation: query,
        sts: query,
        s3,
      });
      expect(JSON.parse(stdout)).toEqual({
        found: {
          stepfunctions: 'ExecutionStarted',
          dynamodb: expect.arrayContaining([record.runId]),
          codebuild: 'SUCCEEDED',
          logs: expect.arrayContaining(['seen by other clients']),
          events: 0,
          cloudformation: 'CREATE_COMPLETE',
          sts: '000000000000',
          s3: true,
        },
        unknown_key: ofEach('UnrecognizedClientException', 'InvalidClientTokenId', 'InvalidAccessKeyId'),
        wrong_secret: ofEach('InvalidSignatureException', 'SignatureDoesNotMatch', 'SignatureDoesNotMatch'),
      });
      await expect(untilSucceeded('by-boto3')).resolves.toMatchObject({ trigger: 'EVENT' });
    },
  );
});

describe('A web page', () => {
  const ORIGIN = 'http://evil.example';

  /**
   * Returns the executions and builds that requests of a web page could have started. Leaves out those of other test
   * files.
   */
  async function startedByPage(): Promise<unknown> {
    const { executions = [] } = await new SFNClient({}).send(
      new ListExecutionsCommand({ stateMachineArn: output('StateMachineArn') }),
    );
    const client = new CodeBuildClient({});
    const { ids = [] } = await client.send(new ListBuildsCommand({}));
    const { builds = [] } = await client.send(new BatchGetBuildsCommand({ ids }));
    const names = executions.map(({ name }) => name).filter((name) => name === 'from-page');
    return [...names, ...builds.filter(isWithoutCaller).map(({ id }) => id)];
  }

  /** Returns whether a build was started neither by a run nor by `reference-client.test.ts`. */
  function isWithoutCaller({ environment }: Build): boolean {
    const names = environment?.environmentVariables?.map(({ name }) => name);
    return !names?.some((name) => name === BUILD_VARIABLES.runId || name === 'GIVEN');
  }

  it.each([
    ['StartExecution', 'AWSStepFunctions.StartExecution', '1.0'],
    ['StartBuild', 'CodeBuild_20161006.StartBuild', '1.1'],
  ])(
    'A web page that posts %s without a signature is refused and starts nothing',
    async (_, target, version) => {
      const body = JSON.stringify({
        stateMachineArn: output('StateMachineArn'),
        name: 'from-page',
        input: '{}',
        projectName: output('CodeBuildProject'),
      });
      const types = ['text/plain', `application/x-amz-json-${version}`];
      const answers = await Promise.all(
        types.flatMap((type) =>
          [{}, { 'x-amz-target': target }].map((headers) =>
            fetch(place.endpoint, {
              method: 'POST',
              headers: { ...headers, 'content-type': type, origin: ORIGIN },
              body,
            }),
          ),
        ),
      );

      for (const { status, headers } of answers) {
        expect([400, 403, 404]).toContain(status);
        expect(headers.get('access-control-allow-origin')).toBeNull();
      }
      await expect(startedByPage()).resolves.toEqual([]);
    },
  );

  it('A web page gets no permission for cross-origin requests', async () => {
    const answer = await fetch(place.endpoint, {
      method: 'OPTIONS',
      headers: { origin: ORIGIN, 'access-control-request-method': 'POST' },
    });

    expect(answer.ok).toBe(false);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
