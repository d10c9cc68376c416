import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit, type Run, type Seedkit } from '../../client/index.js';
import { quickPython } from '../quick-python.js';
import { commandLinesDuring } from './command-lines.js';
import { runMain } from '../client/cli/a-terminal.js';
import { COMMAND_LINE, start, type Ended } from './command-line-process.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';
import { allReceived, subscribe } from './received-events.js';
import { filesWrittenSince } from './written-files.js';

const PASSWORD = 'correct-horse-battery-staple';
const PARAMETER = 'parameter-kept-to-itself';
const TOKEN = 'npm_TokenOfTheMirror';
/** Python function that returns the permissions of npm's login file and the digest of its token. */
const SEEN_BY_PYTHON = `import hashlib, os

def seen():
    file = os.path.expanduser("~/.npmrc")
    token = open(file).read().split("_authToken=")[1].strip()
    return ["%o" % (os.stat(file).st_mode & 0o777), hashlib.sha256(token.encode()).hexdigest()]
`;
const TOLD = 'told-by-the-function';
/** Functions that throw an error whose message, stack and cause contain a secret, and export the secret. */
const TELLS_IN_TYPESCRIPT = `
export function tells(): never {
  const secret: string = process.env.TOLD ?? '';
  process.env.OUT = 'https://user:' + secret + '@example.com';
  throw new Error('login with ' + secret + ' failed', { cause: new Error('refused: ' + secret) });
}
`;
const TELLS_IN_PYTHON = `import os

def tells():
    secret = os.environ["TOLD"]
    os.environ["OUT"] = "https://user:%s@example.com" % secret
    raise ValueError("login with %s failed" % secret) from LookupError("refused: " + secret)
`;
const VALUES = [PASSWORD, PARAMETER, TOKEN];

let place: SharedSeedkit;
/** Folder with files that contain the values. */
let folder: string;
let kit: Seedkit;
const startedAtMs = Date.now();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-values-'));
  place = await sharedSeedkit();
  kit = seedkit(place.name);
  await subscribe(place);
  await setSecret('codeseeder/e2e/told', TOLD);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const setSecret = (Name: string, SecretString: string) =>
  new SecretsManagerClient({}).send(new CreateSecretCommand({ Name, SecretString }));

/** Sets a value by passing a file to the command's stdin. */
async function setByInput(kind: 'secret' | 'parameter', name: string, value: string): Promise<Ended> {
  const file = path.join(folder, path.basename(name));
  await writeFile(file, `${value}\n`, { mode: 0o600 });
  const command = [
    COMMAND_LINE,
    'local',
    kind,
    'set',
    place.name,
    name,
    '--data',
    place.dataFolder,
    '--json',
  ];
  const words = ['-c', 'exec "$@" < "$0"', file, process.execPath, ...command];
  return start('bash', words).ended;
}

/**
 * Returns the content of the files that the local AWS wrote since this test file started, without those of the
 * secrets' store.
 */
const filesOfPlace = () => filesWrittenSince(startedAtMs, place.dataFolder, 'store');

/** Returns everything that the client and events report about a run. */
async function reportsAbout(run: Run<unknown>): Promise<string> {
  const lines = [];
  for await (const line of run.logs()) lines.push(line);
  return JSON.stringify([await run.record(), await run.history(), lines, await allReceived()]);
}

/** Returns what commands print about a run. */
async function printedAbout(runId: string): Promise<string> {
  const printed = await Promise.all([
    runMain(['runs', 'show', runId, '--json', '--seedkit', place.name]),
    runMain(['runs', 'logs', runId, '--seedkit', place.name]),
  ]);
  expect(printed.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  return JSON.stringify(printed);
}

describe('Secrets and parameters', () => {
  it('Secrets and parameters reach the build of a run and appear nowhere else', async () => {
    const secret = await setByInput('secret', 'codeseeder/e2e/db', PASSWORD);
    const parameter = await setByInput('parameter', '/codeseeder/e2e/token', PARAMETER);
    expect([secret, parameter]).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
    const run = kit.commands(
      [
        'export SEEN=$(printf %s "$DB:$TOKEN" | sha256sum | cut -d" " -f1)',
        'echo "connecting with $DB and $TOKEN"',
        'sleep 1',
      ],
      {
        build: {
          environment: {
            DB: { type: 'SECRETS_MANAGER', value: 'codeseeder/e2e/db' },
            TOKEN: { type: 'PARAMETER_STORE', value: '/codeseeder/e2e/token' },
          },
          exportedVariables: ['SEEN'],
        },
      },
    );
    const { ended, commandLines } = await commandLinesDuring(run);

    expect(ended.exportedVariables).toEqual({
      SEEN: createHash('sha256').update(`${PASSWORD}:${PARAMETER}`).digest('hex'),
    });
    const printed = await printedAbout(ended.runId);
    expect(printed).toContain('connecting with *** and ***');
    const reports = `${printed}${await reportsAbout(await kit.attach(ended.runId))}`;
    for (const text of [reports, commandLines, await filesOfPlace(), `${secret.stdout}${parameter.stderr}`]) {
      for (const value of VALUES) expect(text).not.toContain(value);
    }
    expect((await stat(place.dataFolder)).mode & 0o077).toBe(0);
  });

  it('A build logs in to a mirror with a secret, in a file that only its user can read', async () => {
    await setSecret('team-mirror-credentials', JSON.stringify({ npm: { ssl_token: TOKEN } }));
    const run = kit.commands(
      [
        'export MODE=$(stat -c %a "$HOME/.npmrc")',
        `export SEEN=$(grep _authToken "$HOME/.npmrc" | cut -d= -f2 | tr -d '\\n' | sha256sum | cut -d" " -f1)`,
      ],
      {
        build: {
          npmMirror: 'https://mirror.example.com/npm',
          environment: {
            AWS_CODESEEDER_MIRROR_SECRET: { type: 'PLAINTEXT', value: 'team-mirror-credentials' },
          },
          exportedVariables: ['MODE', 'SEEN'],
        },
      },
    );
    const { ended, commandLines } = await commandLinesDuring(run);

    expect(ended.exportedVariables).toEqual({
      MODE: '600',
      SEEN: createHash('sha256').update(TOKEN).digest('hex'),
    });
    const reports = await reportsAbout(await kit.attach(ended.runId));
    expect(reports).toContain('npm: packages come from https://mirror.example.com/npm');
    for (const text of [reports, commandLines, await filesOfPlace()]) expect(text).not.toContain(TOKEN);
  });

  it('The build of a Python function logs in to a mirror with a secret, in a file that only its user can read', async () => {
    await setSecret('python-mirror-credentials', JSON.stringify({ npm: { ssl_token: TOKEN } }));
    const module = path.join(folder, 'logins');
    await mkdir(module);
    await writeFile(path.join(module, '__init__.py'), SEEN_BY_PYTHON);
    const run = await kit.submitPython('logins:seen', {
      localModules: { logins: module },
      build: {
        npmMirror: 'https://python.example.com/npm',
        environment: {
          AWS_CODESEEDER_MIRROR_SECRET: { type: 'PLAINTEXT', value: 'python-mirror-credentials' },
        },
      },
    });
    const { ended, commandLines } = await commandLinesDuring(run.outcome());

    expect(ended.value).toEqual(['600', createHash('sha256').update(TOKEN).digest('hex')]);
    const reports = await reportsAbout(run);
    expect(reports).toContain('npm: packages come from https://python.example.com/npm');
    for (const text of [reports, commandLines, await filesOfPlace()]) expect(text).not.toContain(TOKEN);
  });

  /** Options of a function that reveals its secret, and whose build exports the secret, too. */
  const telling = {
    build: {
      environment: { TOLD: { type: 'SECRETS_MANAGER' as const, value: 'codeseeder/e2e/told' } },
      exportedVariables: ['OUT', 'LATER'],
      postBuildCommands: ['export LATER="later $TOLD"'],
    },
  };

  /** Runs a function that reveals its secret with the command line. @returns how the command ended */
  async function tellInTypeScript(runId: string): Promise<Ended> {
    await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(path.join(folder, 'tells.ts'), TELLS_IN_TYPESCRIPT);
    await writeFile(path.join(folder, 'options.json'), JSON.stringify(telling));
    const words = ['run', 'tells.ts#tells', '--seedkit', place.name, '--run-id', runId];
    const args = [COMMAND_LINE, ...words, '--options', 'options.json', '--json'];
    const printed = await start(process.execPath, args, {}, folder).ended;
    expect(printed.exitCode).toBe(1);
    return printed;
  }

  async function tellInPython(runId: string): Promise<unknown> {
    await mkdir(path.join(folder, 'tells'));
    await writeFile(path.join(folder, 'tells/__init__.py'), TELLS_IN_PYTHON);
    const python = { type: 'PLAINTEXT', value: await quickPython() } as const;
    const events: unknown[] = [];
    const run = await kit.submitPython('tells:tells', {
      runId,
      localModules: { tells: path.join(folder, 'tells') },
      build: { ...telling.build, environment: { ...telling.build.environment, TEST_PYTHON: python } },
      onProgress: (event) => events.push(event),
    });
    await expect(run.outcome()).rejects.toMatchObject({ code: 'RemoteError' });
    return events;
  }

  it.each([
    ['TypeScript', tellInTypeScript],
    ['Python', tellInPython],
  ])(
    'An error of a %s function that shows a secret has `***` in record, events, result, log and messages',
    async (language, tell) => {
      const printed = await tell(`tells-${language}`);
      const run = await kit.attach(`tells-${language}`);

      const failed: unknown = await run.outcome().catch((error: unknown) => error);
      const reports = `${await reportsAbout(run)}${JSON.stringify(printed)}${inspect(failed, { depth: null })}`;
      expect(reports).toContain('login with *** failed');
      expect(reports).toContain('refused: ***');
      for (const text of [reports, await filesOfPlace()]) expect(text).not.toContain(TOLD);
      expect(await run.record()).toMatchObject({
        status: 'FAILED',
        failure: { code: 'RemoteError', remote: { cause: { message: 'refused: ***' } } },
        exportedVariables: { OUT: 'https://user:***@example.com', LATER: 'later ***' },
      });
    },
  );

  it('Commands export `***` in place of a secret, also if one of them failed', async () => {
    const run = await kit.submitCommands(['export OUT="the $TOLD"', 'false'], {
      build: {
        environment: { TOLD: { type: 'SECRETS_MANAGER', value: 'codeseeder/e2e/told' } },
        exportedVariables: ['OUT'],
      },
    });
    await run.outcome().catch(() => undefined);

    expect(await run.record()).toMatchObject({ status: 'FAILED', exportedVariables: { OUT: 'the ***' } });
    for (const text of [await reportsAbout(run), await filesOfPlace()]) expect(text).not.toContain(TOLD);
  });

  it('Secrets and parameters take a new value, also from a file, and are refused without one', async () => {
    const file = path.join(folder, 'from-file');
    await writeFile(file, 'second', { mode: 0o600 });
    const set = (...args: string[]) =>
      runMain(['local', 'secret', 'set', place.name, 'twice', '--data', place.dataFolder, ...args]);
    await setSecret('twice', 'first');
    const outcomes = [await set('--value-file', file), await set()];

    expect(outcomes).toMatchObject([
      { exitCode: 0, stdout: 'twice is set\n', stderr: expect.stringContaining('start with codeseeder/') },
      {
        exitCode: 2,
        stderr:
          'error: The value read from standard input is empty. Give a file or an input that has a value.\n',
      },
    ]);
    const value = new GetSecretValueCommand({ SecretId: 'twice' });
    expect(await new SecretsManagerClient({}).send(value)).toMatchObject({ SecretString: 'second' });
  });
});
