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
import { type EndedCommand, openAwsCli } from '../aws-cli/aws-cli.js';
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

/** A command of the AWS CLI, without the words `aws` and `--output json`. */
interface AwsCommand {
  readonly words: readonly string[];
  /** Variables that differ from those that `local up` prints. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs commands of the AWS CLI in order. */
async function aws(commands: readonly AwsCommand[]): Promise<readonly EndedCommand[]> {
  const cli = await openAwsCli();
  try {
    const ends: EndedCommand[] = [];
    for (const { words, environment } of commands)
      ends.push(
        await cli.end([...words, '--output', 'json'], {
          PATH: process.env['PATH'],
          ...variables(environment),
        }),
      );
    return ends;
  } finally {
    await cli.close();
  }
}

async function untilSucceeded(runId: string): Promise<RunRecord> {
  for (;;) {
    const found = (await seedkit(place.name).runs.list({ limit: 100 })).find((each) => each.runId === runId);
    if (found?.status === 'SUCCEEDED') return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('The AWS CLI', () => {
  const content = randomBytes(20 * 1024 * 1024);
  let ends: Promise<Readonly<Record<string, EndedCommand>>> | undefined;

  /** Runs all commands once for all tests. @returns how each ended, by its name */
  const ended = () => (ends ??= runAll());

  async function runAll(): Promise<Readonly<Record<string, EndedCommand>>> {
    await writeFile(path.join(folder, 'up'), content);
    const commands = commandsOf(record);
    const found = await aws(Object.values(commands));
    return Object.fromEntries(
      Object.keys(commands).map((name, index) => [name, found[index] as EndedCommand]),
    );
  }

  function commandsOf({ executionArn, buildId = '', logGroup = '', logStream = '' }: RunRecord) {
    const history = ['stepfunctions', 'get-execution-history', '--execution-arn', executionArn];
    const log = ['logs', 'get-log-events', '--log-group-name', logGroup, '--log-stream-name', logStream];
    const object = `s3://${output('Bucket')}/by-cli`;
    const copy = (from: string, to: string) => ({ words: ['s3', 'cp', '--no-progress', from, to] });
    return {
      history: { words: history },
      scan: { words: ['dynamodb', 'scan', '--table-name', output('RunTable')] },
      builds: { words: ['codebuild', 'batch-get-builds', '--ids', buildId] },
      log: { words: log },
      stacks: {
        words: ['cloudformation', 'describe-stacks', '--stack-name', `aws-codeseeder-${place.name}`],
      },
      identity: { words: ['sts', 'get-caller-identity'] },
      up: copy(path.join(folder, 'up'), object),
      down: copy(object, path.join(folder, 'down')),
      event: { words: ['events', 'put-events', '--entries', JSON.stringify([runRequested('by-cli')])] },
      wrongSecret: { words: history, environment: { AWS_SECRET_ACCESS_KEY: 'wrong' } },
      unknownKey: { words: history, environment: { AWS_ACCESS_KEY_ID: 'AKIANOBODY' } },
    } satisfies Record<string, AwsCommand>;
  }

  function runRequested(runId: string): object {
    const detail = { version: 1, runId, invocation: { kind: 'commands', target: ['true'] } };
    return {
      EventBusName: output('EventBus'),
      Source: 'my.pipeline',
      DetailType: RUN_REQUESTED,
      Detail: JSON.stringify(detail),
    };
  }

  async function printedBy(name: string): Promise<unknown> {
    const { [name]: end } = await ended();
    if (end?.exitCode !== 0) throw new Error(end?.stderr);
    return JSON.parse(end.stdout) as unknown;
  }

  withAwsCli('The AWS CLI with the printed environment shows a run in each service', async () => {
    expect(await printedBy('history')).toMatchObject({
      events: expect.arrayContaining([expect.objectContaining({ type: 'ExecutionSucceeded' })]),
    });
    expect(await printedBy('scan')).toMatchObject({
      Items: expect.arrayContaining([expect.objectContaining({ runId: { S: record.runId } })]),
    });
    expect(await printedBy('builds')).toMatchObject({
      builds: [{ id: record.buildId, buildStatus: 'SUCCEEDED' }],
    });
    expect(JSON.stringify(await printedBy('log'))).toContain('"seen by other clients');
    expect(await printedBy('stacks')).toMatchObject({ Stacks: [{ StackStatus: 'CREATE_COMPLETE' }] });
    expect(await printedBy('identity')).toMatchObject({ Account: '000000000000' });
  });

  withAwsCli('The AWS CLI copies 20 MB to S3 and back without a changed byte', async () => {
    const { up, down } = await ended();

    expect([up, down]).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
    expect((await readFile(path.join(folder, 'down'))).equals(content)).toBe(true);
  });

  withAwsCli('The AWS CLI starts a run by putting an event', async () => {
    expect(await printedBy('event')).toMatchObject({ FailedEntryCount: 0 });
    await expect(untilSucceeded('by-cli')).resolves.toMatchObject({ trigger: 'EVENT' });
  });

  withAwsCli('The AWS CLI is refused with wrong credentials', async () => {
    const { wrongSecret, unknownKey } = await ended();

    expect(wrongSecret?.exitCode).not.toBe(0);
    expect(wrongSecret?.stderr).toContain('InvalidSignatureException');
    expect(unknownKey?.exitCode).not.toBe(0);
    expect(unknownKey?.stderr).toContain('UnrecognizedClientException');
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
