import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { runMain } from '../client/cli/a-terminal.js';
import { startAction } from './action-steps.js';
import { COMMAND_LINE, PROJECT, start, type Variables } from './command-line-process.js';
import { sharedSeedkit } from './local-seedkit.js';

/** A project that `codeseeder init` made. */
let folder: string;
let place: Variables;

const FAILING = `import { seedkit } from 'codeseeder';

export const fail = seedkit('e2e').remoteFunction(import.meta, async function fail(text) {
  console.log(text);
  throw new TypeError(text);
});
`;
/** The line of \`throw\` in the source above. */
const LINE_OF_THROW = 5;

const WAITING = `import { seedkit } from 'codeseeder';

export const wait = seedkit('e2e').remoteFunction(import.meta, async function wait() {
  console.log('waits');
  await new Promise((resolve) => setTimeout(resolve, 3_600_000));
});
`;

beforeAll(async () => {
  const { environment } = await sharedSeedkit();
  place = environment;
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-own-project-'));
  const ended = await command(['init', '--language', 'javascript', '--seedkit', 'e2e', '--ci', 'none']);
  expect(ended.exitCode === 0 ? '' : ended.stderr).toBe('');
  await mkdir(path.join(folder, 'node_modules'));
  await symlink(PROJECT, path.join(folder, 'node_modules/codeseeder'));
  await writeFile(path.join(folder, 'src/fails.js'), FAILING);
  await writeFile(path.join(folder, 'src/waits.js'), WAITING);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const command = (args: readonly string[], variables: Variables = place) =>
  start(process.execPath, [COMMAND_LINE, ...args], variables, folder).ended;

const act = async (inputs: Readonly<Record<string, string>>) =>
  (await startAction({ seedkit: 'e2e', ...inputs }, folder, place)).ended;

describe('The action for GitHub', () => {
  it('The action runs a function, and returns its id, status and value', async () => {
    const { exitCode, log, outputs, summary, commands } = await act({
      target: 'src/hello.js#hello',
      args: '["|world`"]',
      options: '{"labels":{"stage":"ci"}}',
    });

    expect(exitCode === 0 ? '' : log).toBe('');
    expect(outputs).toEqual({ 'run-id': expect.any(String), status: 'SUCCEEDED', value: expect.any(String) });
    expect(JSON.parse(outputs['value'] ?? '')).toMatchObject({ greeted: '|world`' });
    expect(summary).toMatch(/\| Run \| \[.+\]\(http:\/\/127.0.0.1:\d+\/.+\) \|\n\| Status \| SUCCEEDED \|/);
    expect(summary).toMatch(/\| Duration \| \d+\.\d s \|/);
    expect(summary).toContain('"greeted": "|world`"');
    expect(commands).toEqual([]);
  });

  it('The action annotates the line that threw, and no text of the build becomes a workflow command', async () => {
    const text = [
      '',
      '::error file=a::b',
      '::set-output name=value::evil',
      '##[add-mask]x',
      '::stop-commands::x',
      '% ```',
      'last',
    ].join('\n');
    const { exitCode, log, outputs, summary, commands } = await act({
      target: 'src/fails.js#fail',
      args: JSON.stringify([text]),
    });
    const escaped = text.replaceAll('%', '%25').replaceAll('\n', '%0A');

    expect(log).toContain('::set-output name=value::evil');
    expect(commands).toEqual([
      `::error file=src/fails.js,line=${LINE_OF_THROW},col=9,title=codeseeder::TypeError: ${escaped}`,
    ]);
    expect({ exitCode, ...outputs }).toMatchObject({ exitCode: 1, status: 'FAILED', value: '' });
    expect(summary).toContain('| Failure | <code>RemoteError</code> |');
    expect(summary).toContain('\n````text\nTypeError: ');
  });

  it.each([
    [{}, 'Give either the input target or the input command.'],
    [{ target: 'a#b', command: 'ls' }, 'Give either the input target or the input command.'],
    [{ target: 'a#b', args: '"x"' }, 'The input args is not a JSON array, such as ["world"].'],
    [{ target: '--help' }, 'The input target is --help, which is a flag. Give FILE#FUNCTION.'],
  ])('The action refuses the inputs %j', async (inputs, message) => {
    const { exitCode, commands } = await act(inputs);

    expect({ exitCode, commands }).toEqual({
      exitCode: 2,
      commands: [`::error title=codeseeder::${message}`],
    });
  });

  it('A run that cannot start is annotated with its whole error, of which the first line has the cause', async () => {
    const { exitCode, summary, commands } = await act({ command: 'true', seedkit: 'none' });

    expect(exitCode).toBe(3);
    expect(commands).toEqual([
      expect.stringMatching(/^::error title=codeseeder::SeedkitNotFound: No seedkit "none" .*%0A- /),
    ]);
    expect(summary).toContain('\nSeedkitNotFound: No seedkit "none"');
  });

  it('A job that is canceled cancels its run', async () => {
    const { running, ended } = await startAction({ target: 'src/waits.js#wait' }, folder, place);
    await running.untilPrinted('\nwaits\n');
    running.process.kill('SIGTERM');
    const { exitCode, outputs, summary } = await ended;

    expect({ exitCode, status: outputs['status'] }).toEqual({ exitCode: 130, status: 'CANCELED' });
    expect(summary).toContain('| Status | CANCELED |');
  });
});

describe('The job for GitLab', () => {
  it('The job writes the result, and the files of its reports', async () => {
    const ended = await start(
      process.execPath,
      [path.join(PROJECT, 'examples/gitlab-ci/run.mjs')],
      { ...place, CODESEEDER_TARGET: 'src/hello.js#hello', CODESEEDER_ARGS: '["world"]' },
      folder,
    ).ended;
    const read = (file: string) => readFile(path.join(folder, file), 'utf8');
    const result = JSON.parse(await read('codeseeder-result.json')) as { runId: string };

    expect(ended.exitCode).toBe(0);
    expect(ended.stdout).toMatch(/SUCCEEDED after \d+\.\d s\n$/);
    expect(result).toMatchObject({ status: 'SUCCEEDED', value: { greeted: 'world' } });
    expect(await read('codeseeder.env')).toBe(
      `CODESEEDER_RUN_ID=${result.runId}\nCODESEEDER_STATUS=SUCCEEDED\n`,
    );
    expect(JSON.parse(await read('codeseeder-annotations.json'))).toEqual({
      codeseeder: [{ external_link: { label: `Run ${result.runId}`, url: expect.stringContaining('http') } }],
    });
  });
});

describe('The seedkit for tests of a project', () => {
  /** Runs a program in the project, whose temporary folder is empty at the start. */
  const program = async (source: string) => {
    const temporary = path.join(folder, 'tmp');
    await mkdir(temporary, { recursive: true });
    await writeFile(path.join(folder, 'program.mjs'), source);
    const variables = { TMPDIR: temporary, AWS_PROFILE: 'none', AWS_ENDPOINT_URL: undefined };
    const running = start(process.execPath, ['program.mjs'], { ...place, ...variables }, folder);
    return { running, left: () => readdir(temporary) };
  };

  it('`localSeedkit()` runs functions of the project, uses a shared one, and leaves nothing', async () => {
    const { running, left } = await program(`
      import { localSeedkit, startSharedSeedkit } from 'codeseeder/testing';
      import { hello } from './src/hello.js';
      const end = await startSharedSeedkit('e2e', { region: 'eu-west-1' });
      const local = await localSeedkit('e2e');
      const value = await hello('world');
      const shared = JSON.parse(process.env.CODESEEDER_SHARED_SEEDKIT).endpoint;
      const runs = await local.kit.runs.list();
      const region = process.env.AWS_REGION;
      await local.close();
      await end();
      const { AWS_PROFILE, AWS_ENDPOINT_URL, CODESEEDER_SHARED_SEEDKIT } = process.env;
      const is = { AWS_PROFILE, AWS_ENDPOINT_URL, CODESEEDER_SHARED_SEEDKIT };
      const down = await fetch(shared).then(() => 'up', () => 'down');
      console.log(JSON.stringify({ value, same: shared === local.endpoint, runs: runs.length, region, is, down }));
    `);
    const { exitCode, stdout, stderr } = await running.ended;

    expect(exitCode === 0 ? '' : stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      value: { greeted: 'world', node: process.version },
      same: true,
      runs: 1,
      region: 'eu-west-1',
      is: { AWS_PROFILE: 'none' },
      down: 'down',
    });
    expect(await left()).toEqual([]);
  });

  it('The local AWS of a test process that is killed ends, and removes its data', async () => {
    const { running, left } = await program(`
      import { localSeedkit } from 'codeseeder/testing';
      const { endpoint } = await localSeedkit('e2e');
      console.log('endpoint=' + endpoint + ';');
      setInterval(() => undefined, 1_000);
    `);
    await running.untilPrinted(';');
    const [, endpoint = ''] = /endpoint=(.*);/.exec(running.printed()) ?? [];
    expect(await left()).toHaveLength(1);
    running.process.kill('SIGKILL');
    await running.ended;
    while ((await left()).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));

    await expect(fetch(endpoint)).rejects.toThrow('fetch failed');
  });

  it('`localSeedkit()` reports why a local AWS did not start', async () => {
    const { running, left } = await program(`
      import { localSeedkit } from 'codeseeder/testing';
      await localSeedkit('e2e', { app: 'exit 7' }).catch((error) => console.log(error.code, error.message));
    `);

    expect((await running.ended).stdout).toMatch(/^Usage The local AWS of the seedkit e2e ended .*exit 7/);
    expect(await left()).toEqual([]);
  });
});

describe('A local AWS in the background', () => {
  it('`local up --detach` returns when it is up, twice, and `local down` ends it', async () => {
    // Has the name of the shared seedkit, so that its assembly is not synthesized again.
    const variables = { ...place, XDG_STATE_HOME: path.join(folder, 'state'), AWS_SESSION_TOKEN: 'other' };
    try {
      const first = await command(['local', 'up', 'e2e', '--detach', '--no-console'], variables);
      const second = await command(['local', 'up', 'e2e', '--detach'], variables);

      expect(first.exitCode === 0 ? '' : first.stderr).toBe('');
      expect(first.stdout).toMatch(/^export AWS_ENDPOINT_URL=http:\/\/127[^]*\nunset AWS_SESSION_TOKEN\n$/);
      expect(second.stdout).toBe(first.stdout);
    } finally {
      const { stdout } = await command(['local', 'down', 'e2e'], variables);
      expect(stdout).toBe('e2e is down\n');
    }
  });

  it('`local up --detach` shows the messages of a local AWS that did not start', async () => {
    const data = path.join(folder, 'broken');
    const flags = ['--app', 'exit 7', '--data', data];
    const { exitCode, stderr } = await command(['local', 'up', 'own', '--detach', ...flags]);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/ended before it was up:\n[^]*exit 7/);
  });

  it.each([
    [['--detach'], 'cannot be combined with --detach'],
    [['--data', 'x'], 'Leave out --ephemeral to keep the data in x'],
  ])('`local up --ephemeral %j` is refused', async (flags, message) => {
    const { exitCode, stderr } = await runMain(['local', 'up', 'e2e', '--ephemeral', ...flags]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(message) });
  });
});
