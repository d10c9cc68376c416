import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit, type Seedkit } from '../../client/index.js';
import { commandLinesDuring } from './command-lines.js';
import { COMMAND_LINE, codeseeder, start, type Ended } from './command-line-process.js';
import { startLocalSeedkit, type LocalSeedkit } from './local-seedkit.js';
import { allReceived, subscribe } from './received-events.js';

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
/** Functions that throw an error that shows a secret in message, stack and cause, and export it. */
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

let place: LocalSeedkit;
/** Folder with the files that values are read from. */
let folder: string;
let kit: Seedkit;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-values-'));
  place = await startLocalSeedkit({ name: 'keeps-secrets' });
  kit = seedkit(place.name);
  await subscribe(place);
});

afterAll(async () => {
  await place.close();
  await rm(folder, { recursive: true, force: true });
});

/** Sets a value from a file through stdin. */
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

/** Returns the content of all files of the local AWS, without the store of the secrets. */
async function filesOfPlace(): Promise<string> {
  const entries = await readdir(place.dataFolder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(path.join(place.dataFolder, 'store')));
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
}

/** Returns everything that commands and events report about a run. */
async function reportsAbout(runId: string): Promise<string> {
  const reports = await Promise.all([
    codeseeder(['runs', 'show', runId, '--json', '--seedkit', place.name]),
    codeseeder(['runs', 'logs', runId, '--seedkit', place.name]),
  ]);
  expect(reports.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  return `${JSON.stringify(reports)}${JSON.stringify(await allReceived())}`;
}

describe('Secrets and parameters', () => {
  it('Secrets and parameters reach the build of a run and appear nowhere else', async () => {
    const secret = await setByInput('secret', 'codeseeder/keeps-secrets/db', PASSWORD);
    const parameter = await setByInput('parameter', '/codeseeder/keeps-secrets/token', PARAMETER);
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
            DB: { type: 'SECRETS_MANAGER', value: 'codeseeder/keeps-secrets/db' },
            TOKEN: { type: 'PARAMETER_STORE', value: '/codeseeder/keeps-secrets/token' },
          },
          exportedVariables: ['SEEN'],
        },
      },
    );
    const { ended, commandLines } = await commandLinesDuring(run);

    expect(ended.exportedVariables).toEqual({
      SEEN: createHash('sha256').update(`${PASSWORD}:${PARAMETER}`).digest('hex'),
    });
    const reports = await reportsAbout(ended.runId);
    expect(reports).toContain('connecting with *** and ***');
    for (const text of [reports, commandLines, await filesOfPlace(), `${secret.stdout}${parameter.stderr}`]) {
      for (const value of VALUES) expect(text).not.toContain(value);
    }
    expect((await stat(place.dataFolder)).mode & 0o077).toBe(0);
  });

  it('A build logs in to a mirror with a secret, in a file that only its user can read', async () => {
    await setByInput('secret', 'team-mirror-credentials', JSON.stringify({ npm: { ssl_token: TOKEN } }));
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
    const reports = await reportsAbout(ended.runId);
    expect(reports).toContain('npm: packages come from https://mirror.example.com/npm');
    for (const text of [reports, commandLines, await filesOfPlace()]) expect(text).not.toContain(TOKEN);
  });

  it('The build of a Python function logs in to a mirror with a secret, in a file that only its user can read', async () => {
    await setByInput('secret', 'python-mirror-credentials', JSON.stringify({ npm: { ssl_token: TOKEN } }));
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
    const reports = await reportsAbout(ended.runId);
    expect(reports).toContain('npm: packages come from https://python.example.com/npm');
    for (const text of [reports, commandLines, await filesOfPlace()]) expect(text).not.toContain(TOKEN);
  });

  it.each([
    ['TypeScript', 'tells.ts#tells', [] as string[]],
    ['Python', 'tells:tells', ['--local-module', 'tells=tells']],
  ])(
    'An error of a %s function that shows a secret has `***` in record, events, result, log and messages',
    async (language, target, flags) => {
      await setByInput('secret', 'codeseeder/keeps-secrets/told', TOLD);
      await mkdir(path.join(folder, 'tells'), { recursive: true });
      await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
      await writeFile(path.join(folder, 'tells.ts'), TELLS_IN_TYPESCRIPT);
      await writeFile(path.join(folder, 'tells/__init__.py'), TELLS_IN_PYTHON);
      const options = {
        build: {
          environment: { TOLD: { type: 'SECRETS_MANAGER', value: 'codeseeder/keeps-secrets/told' } },
          exportedVariables: ['OUT', 'LATER'],
          postBuildCommands: ['export LATER="later $TOLD"'],
        },
      };
      await writeFile(path.join(folder, 'options.json'), JSON.stringify(options));
      const runId = `tells-${language}`;
      const words = ['run', target, '--seedkit', place.name, '--run-id', runId, '--options', 'options.json'];
      const printed = await start(process.execPath, [COMMAND_LINE, ...words, ...flags, '--json'], {}, folder)
        .ended;

      const failed: unknown = await (await kit.attach(runId)).outcome().catch((error: unknown) => error);
      const reports = `${await reportsAbout(runId)}${JSON.stringify(printed)}${inspect(failed, { depth: null })}`;
      expect(printed.exitCode).toBe(1);
      expect(reports).toContain('login with *** failed');
      expect(reports).toContain('refused: ***');
      for (const text of [reports, await filesOfPlace()]) expect(text).not.toContain(TOLD);
      expect(await (await kit.attach(runId)).record()).toMatchObject({
        status: 'FAILED',
        failure: { code: 'RemoteError', remote: { cause: { message: 'refused: ***' } } },
        exportedVariables: { OUT: 'https://user:***@example.com', LATER: 'later ***' },
      });
    },
  );

  it('Commands export `***` in place of a secret, also if one of them failed', async () => {
    await setByInput('secret', 'codeseeder/keeps-secrets/told', TOLD);
    const run = await kit.submitCommands(['export OUT="the $TOLD"', 'false'], {
      build: {
        environment: { TOLD: { type: 'SECRETS_MANAGER', value: 'codeseeder/keeps-secrets/told' } },
        exportedVariables: ['OUT'],
      },
    });
    await run.outcome().catch(() => undefined);

    expect(await run.record()).toMatchObject({ status: 'FAILED', exportedVariables: { OUT: 'the ***' } });
    for (const text of [await reportsAbout(run.id), await filesOfPlace()]) expect(text).not.toContain(TOLD);
  });

  it('Secrets and parameters take a new value, also from a file, and are refused without one', async () => {
    const file = path.join(folder, 'from-file');
    await writeFile(file, 'second', { mode: 0o600 });
    const set = (...args: string[]) =>
      codeseeder(['local', 'secret', 'set', place.name, 'twice', '--data', place.dataFolder, ...args]);
    const outcomes = [await set('--value-file', file), await set('--value-file', file), await set()];

    expect(outcomes).toMatchObject([
      { exitCode: 0, stdout: 'twice is set\n' },
      { exitCode: 0, stdout: 'twice is set\n' },
      { exitCode: 2, stderr: 'Usage: The value is empty.\n' },
    ]);
  });
});
