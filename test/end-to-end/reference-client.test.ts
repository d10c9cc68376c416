/**
 * Tests a seedkit with the Python client of aws-codeseeder 1.3.1. A boto3 script always makes the same calls as this
 * client. To also run the real package, clone its source and set the variable below. pip must find the package's
 * dependencies in its index or in a folder of wheels, for this test and for its builds: `PIP_NO_INDEX=1
 * PIP_FIND_LINKS=/that/folder`, with wheels of setuptools and wheel in the folder. The package writes to
 * `/var/scripts` and `/tmp/codeseeder_export.sh`. If builds are not isolated by namespaces, run the test on a machine
 * where these files may be changed:
 *
 *     git clone https://github.com/awslabs/aws-codeseeder /somewhere && git -C /somewhere checkout cb74017
 *     CODESEEDER_REFERENCE_SOURCE=/somewhere npm test -- test/end-to-end/reference-client.test.ts
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Client, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit } from '../../client/index.js';
import { seedkitNames } from '../../lib/contract/index.js';
import { isolated, isolationHere } from '../build-isolation-here.js';
import { withBoto3 } from '../installed-tools.js';
import { start } from './command-line-process.js';
import { sharedSeedkit, startLocalSeedkit, type LocalSeedkit, type SharedSeedkit } from './local-seedkit.js';

const SCRIPTS = path.join(import.meta.dirname, 'reference-client');
const SOURCE = process.env['CODESEEDER_REFERENCE_SOURCE'];

/**
 * Five builds that each install the package at once take one minute on two processors, and over four if these are busy.
 */
const INSTALLATIONS_MS = 900_000;

/** An operation that the client called, and the names of the members of its input. */
interface Call {
  readonly operation: string;
  readonly members: readonly string[];
}

interface Report {
  readonly status: string;
  readonly buildId?: string;
  readonly lines: readonly string[];
  readonly calls: readonly Call[];
  readonly value?: unknown;
  readonly variables?: Readonly<Record<string, string>>;
  readonly account?: string;
  readonly failedPhases?: readonly string[];
  readonly key?: string;
}

const START_BUILD: Call = {
  operation: 'StartBuild',
  members: [
    'buildspecOverride',
    'computeTypeOverride',
    'environmentTypeOverride',
    'environmentVariablesOverride',
    'imageOverride',
    'imagePullCredentialsTypeOverride',
    'logsConfigOverride',
    'privilegedModeOverride',
    'projectName',
    'serviceRoleOverride',
    'sourceLocationOverride',
    'sourceTypeOverride',
    'timeoutInMinutesOverride',
  ],
};
const DELETE_OBJECTS: Call = { operation: 'DeleteObjects', members: ['Bucket', 'Delete'] };

/** The calls that the client of version 1.3.1 makes, in order. Repeated polls are listed once. */
const CALLS: readonly Call[] = [
  { operation: 'DescribeStacks', members: ['StackName'] },
  DELETE_OBJECTS,
  { operation: 'PutObject', members: ['Body', 'Bucket', 'Key'] },
  START_BUILD,
  { operation: 'BatchGetBuilds', members: ['ids'] },
  {
    operation: 'DescribeLogStreams',
    members: ['descending', 'limit', 'logGroupName', 'logStreamNamePrefix', 'orderBy'],
  },
  { operation: 'GetLogEvents', members: ['logGroupName', 'logStreamName', 'startFromHead'] },
];
const CALLS_OF_SUCCESS = [...CALLS, DELETE_OBJECTS];
const CALLS_OF_FAILURE = [...CALLS, { operation: 'GetCallerIdentity', members: [] }];

const VALUE = { sum: 42, project: 'e2e', quoted: 'it\'s "so"\n' };

let place: SharedSeedkit | LocalSeedkit;
/**
 * A local AWS of its own with the pip settings that the package needs; undefined if the shared one is used.
 */
let own: LocalSeedkit | undefined;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-reference-'));
  if (SOURCE) {
    // Builds see a path in /tmp only if the pip settings of the local AWS contain it.
    const links = [path.join(folder, 'wheels'), process.env['PIP_FIND_LINKS'] ?? ''];
    process.env['PIP_FIND_LINKS'] = links.join(' ').trim();
    own = await startLocalSeedkit();
  }
  place = own ?? (await sharedSeedkit());
});

afterAll(async () => {
  await own?.close();
  await rm(folder, { recursive: true, force: true });
});

type Environment = Readonly<Record<string, string>>;

/** If builds share the machine's folders, other paths than the client's are used. */
const OWN_PATHS: Environment =
  isolationHere.kind === 'namespaces'
    ? {}
    : { REFERENCE_SCRIPTS: '$HOME/scripts', REFERENCE_EXPORTS: '$HOME/codeseeder_export.sh' };

/**
 * Runs a script with the variables that `local up` prints. The environment has no other source of credentials.
 */
async function call(script: string, args: readonly string[], python = 'python3', more: Environment = {}) {
  const environment = {
    HOME: folder,
    PYTHONDONTWRITEBYTECODE: '1',
    ...place.environment,
    ...OWN_PATHS,
    ...more,
  };
  const { stdout, stderr, exitCode } = await start(
    python,
    [path.join(SCRIPTS, script), await mkdtemp(path.join(folder, 'call-')), ...args],
    environment,
  ).ended;
  if (exitCode !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Report;
}

async function keysBelow(prefix: string): Promise<(string | undefined)[]> {
  const { Contents = [] } = await new S3Client({ forcePathStyle: true }).send(
    new ListObjectsV2Command({ Bucket: place.outputs['Bucket'], Prefix: prefix }),
  );
  return Contents.map(({ Key }) => Key);
}

describe('boto3', () => {
  let added: Promise<Report> | undefined;
  /** Calls `add` once for all tests. @returns the report of that call */
  const add = () => (added ??= call('client-calls.py', [place.name, 'add', '[[20], {"b": 22}]']));
  const fail = () => call('client-calls.py', [place.name, 'fail', '[[], {}]']);

  withBoto3('The calls of aws-codeseeder 1.3.1 start a build and return its value', async () => {
    const report = await add();

    expect(report).toMatchObject({
      status: 'SUCCEEDED',
      value: VALUE,
      variables: { SEEN: 'by the caller' },
      calls: CALLS_OF_SUCCESS,
    });
    expect(report.lines).toEqual(expect.arrayContaining(['Docker logins successful', 'adding 20 and 22']));
    await expect(keysBelow(report.key ?? '')).resolves.toEqual([]);
  });

  withBoto3(
    'The calls of aws-codeseeder 1.3.1 report a function that fails, with its traceback in the log',
    async () => {
      const report = await fail();

      expect(report).toMatchObject({
        status: 'FAILED',
        account: '000000000000',
        failedPhases: ['BUILD'],
        calls: CALLS_OF_FAILURE,
      });
      expect(report.lines).toEqual(
        expect.arrayContaining(['RuntimeError: failed as asked', expect.stringContaining('exit status 1')]),
      );
    },
  );

  const eachApart = isolationHere.kind === 'namespaces' ? withBoto3 : isolated;

  eachApart(
    'Three calls of aws-codeseeder 1.3.1 at once each return their own value, also if that is none',
    async () => {
      const pause = { REFERENCE_PAUSE: '1' };
      const started = [
        call('client-calls.py', [place.name, 'add', '[[1], {}]'], 'python3', pause),
        call('client-calls.py', [place.name, 'nothing', '[[], {}]'], 'python3', pause),
        call('client-calls.py', [place.name, 'add', '[[3], {}]'], 'python3', pause),
      ];
      const values = (await Promise.all(started)).map(({ value }) => value);

      expect(values).toEqual([{ ...VALUE, sum: 1 }, null, { ...VALUE, sum: 3 }]);
    },
  );

  withBoto3('A build that boto3 starts directly appears in no list of runs', async () => {
    const kit = seedkit(place.name);
    const [{ buildId }, { runId }] = await Promise.all([add(), kit.commands(['true'])]);
    const { Payload, FunctionError } = await new LambdaClient({}).send(
      new InvokeCommand({
        FunctionName: seedkitNames.handler(place.name, 'reconcile-run'),
        Payload: JSON.stringify({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }),
      }),
    );

    expect(FunctionError).toBeUndefined();
    // The list also contains runs of other test files, and the handler may end some of them.
    const records = await kit.runs.list({ limit: 1_000 });
    const ids = records.map((record) => record.runId);
    expect(ids).toContain(runId);
    expect(buildId).toMatch(/^codeseeder-/);
    expect(records.filter((record) => record.buildId === buildId)).toEqual([]);
    const { ended } = JSON.parse(Buffer.from(Payload ?? []).toString()) as { readonly ended: string[] };
    expect(ended.filter((id) => id === runId || !ids.includes(id))).toEqual([]);
  });
});

describe('The package aws-codeseeder', () => {
  const [test, reason] = SOURCE
    ? [withBoto3, '']
    : [it.skip, ' (CODESEEDER_REFERENCE_SOURCE names no checkout)'];

  async function pythonWithPackage(source: string): Promise<{ python: string; variables: Environment }> {
    const wheels = path.join(folder, 'wheels');
    const variables = { PIP_FIND_LINKS: process.env['PIP_FIND_LINKS'] ?? '' };
    const python = path.join(folder, 'venv/bin/python');
    const run = async (...command: [string, ...string[]]) => {
      const { exitCode, stderr } = await start(command[0], command.slice(1), variables).ended;
      if (exitCode !== 0) throw new Error(stderr);
    };
    // Uses a copy of the source, because building the wheel writes files to it.
    await cp(source, path.join(folder, 'source'), { recursive: true });
    await run('python3', '-m', 'venv', path.join(folder, 'venv'));
    await run(python, '-m', 'pip', 'wheel', '--no-deps', '-w', wheels, path.join(folder, 'source'));
    await run(python, '-m', 'pip', 'install', 'aws-codeseeder~=1.3.1');
    return { python, variables };
  }

  test(
    `The package aws-codeseeder returns the value of a function and reports one that fails${reason}`,
    async () => {
      const { python, variables } = await pythonWithPackage(SOURCE ?? '');
      const more = { ...variables, CODEBUILD_ROLE_ARN: place.outputs['CodeBuildRoleArn'] ?? '' };
      const succeeded = await call('real-package.py', ['add', '[[20], {"b": 22}]'], python, more);
      const failed = await call('real-package.py', ['fail', '[[], {}]'], python, more);

      expect(succeeded).toMatchObject({ value: VALUE, variables: { SEEN: 'by the caller' } });
      expect(succeeded.lines).toContain('adding 20 and 22');
      expect(succeeded.calls).toEqual(CALLS_OF_SUCCESS);
      expect(failed).toMatchObject({ status: 'FAILED', account: '000000000000' });
      expect(failed.lines).toContain('RuntimeError: failed as asked');
      expect(failed.calls).toEqual(CALLS_OF_FAILURE);
    },
    INSTALLATIONS_MS,
  );

  const [testApart, reasonApart] =
    isolationHere.kind === 'namespaces' ? [test, reason] : [it.skip, ` (${isolationHere.reason})`];

  testApart(
    `Five functions of the package at once each return their own value, also if that is none${reasonApart}`,
    async () => {
      const { python, variables } = await pythonWithPackage(SOURCE ?? '');
      const more = { ...variables, CODEBUILD_ROLE_ARN: place.outputs['CodeBuildRoleArn'] ?? '' };
      const started = [
        ['add', '[[1], {}]'],
        ['nothing', '[[], {}]'],
        ['add', '[[3], {}]'],
        ['nothing', '[[], {}]'],
        ['add', '[[5], {}]'],
      ].map((args) => call('real-package.py', args, python, more));
      const values = (await Promise.all(started)).map(({ value }) => value);

      expect(values).toEqual([{ ...VALUE, sum: 1 }, null, { ...VALUE, sum: 3 }, null, { ...VALUE, sum: 5 }]);
    },
    INSTALLATIONS_MS,
  );
});
