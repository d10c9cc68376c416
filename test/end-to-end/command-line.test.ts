import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { RunRecord } from '../../client/index.js';
import { main } from '../../client/cli/main.js';
import { isolationHere } from '../build-isolation-here.js';
import { aTerminal, runMain } from '../client/cli/a-terminal.js';
import { COMMAND_LINE, codeseeder, PROJECT, start, type Variables } from './command-line-process.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';

const NAME = 'e2e';
const FUNCTIONS = 'test/fixtures/functions';
const VALUES = `${FUNCTIONS}/values.ts`;

let folder: string;
let place: SharedSeedkit;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-cli-'));
  place = await sharedSeedkit();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function evaluated(lines: string): Promise<Variables> {
  const clean = ['-i', `PATH=${process.env['PATH']}`, 'bash', '-c', 'eval "$1" && exec env', 'bash', lines];
  const { stdout } = await start('env', clean).ended;
  const pairs = stdout.split('\n').map((line) => /^((?:AWS|CODESEEDER)_\w+)=(.*)$/.exec(line));
  return Object.fromEntries(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1], pair[2]]])));
}

/** Runs `codeseeder` with the variables of the shared local AWS. */
function run(args: readonly string[], variables: Variables = {}) {
  return codeseeder(args, { ...place.environment, ...variables });
}

/**
 * Runs `codeseeder` with the variables of the shared local AWS in this process. For variations of a command that `run`
 * already starts in a process of its own.
 */
function runHere(args: readonly string[]) {
  return runMain(args, { environment: place.environment, workingFolder: PROJECT });
}

function parsed<T>(text: string): T {
  return JSON.parse(text) as T;
}

/** Starts a local AWS without namespaces for builds, asks commands about it, and ends it with `local down`. */
async function upAndDown(data: string) {
  const args = ['local', 'up', NAME, '--data', data, '--build-isolation', 'none'];
  const own = start(process.execPath, [COMMAND_LINE, ...args]);
  await own.untilPrinted('The local AWS is up');
  await own.untilPrinted('CODESEEDER_SEEDKIT=');
  const second = await codeseeder(['local', 'up', NAME, '--data', data]);
  const status = await runHere(['local', 'status', NAME, '--data', data]);
  const statusJson = await runHere(['local', 'status', NAME, '--data', data, '--json']);
  const down = await codeseeder(['local', 'down', NAME, '--data', data, '--json']);
  const exported = await evaluated(own.printed());
  return { pid: own.process.pid, exported, second, status, statusJson, down, up: await own.ended };
}

describe('`codeseeder local up`, `local status` and `local down`', () => {
  let data: string;
  let life: Awaited<ReturnType<typeof upAndDown>>;

  beforeAll(async () => {
    data = path.join(folder, 'place');
    life = await upAndDown(data);
  });

  it('`local up` prints only lines that a shell can evaluate', () => {
    const { up, exported } = life;
    expect(up.stdout).toMatch(/^(export [A-Z_]+=\S+\n)+$/);
    expect(Object.keys(exported).sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_DEFAULT_REGION',
      'AWS_ENDPOINT_URL',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
      'CODESEEDER_CONSOLE_URL',
      'CODESEEDER_SEEDKIT',
    ]);
    expect(exported['AWS_ENDPOINT_URL']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('`local up` exits with 3 and names folder and process when another local AWS uses the data folder', () => {
    expect(life.second).toMatchObject({ exitCode: 3, stdout: '' });
    expect(life.second.stderr).toContain(`PlaceInUse: The data folder ${data} is in use`);
    expect(life.second.stderr).toContain(`process ${life.pid}`);
  });

  it('`local status` describes a local AWS that is up', () => {
    const { status, statusJson, pid } = life;
    const { AWS_ENDPOINT_URL: endpoint } = life.exported;

    expect(status).toMatchObject({ exitCode: 0, stderr: '' });
    expect(status.stdout).toContain(`${NAME} is up at ${endpoint}`);
    expect(parsed(statusJson.stdout)).toMatchObject({ seedkit: NAME, up: true, endpoint, pid });
  });

  it('`local up` says that builds share the machine, and why, if they have no namespaces, and `local down` waits until its process has ended', () => {
    const { down, up } = life;
    expect(parsed(down.stdout)).toEqual({ seedkit: NAME, wasUp: true, up: false });
    expect(up.exitCode).toBe(0);
    const reason = 'The local AWS was started without namespaces for builds.';
    expect(up.stderr).toContain(`\nBuilds share this machine's /tmp and processes. ${reason}\n`);
  });

  it('`local up --json` says how builds are isolated', () => {
    expect(place).toMatchObject({ buildIsolation: isolationHere });
  });
});

// The other usage errors are tested in test/client/cli/main.test.ts.
it('An unknown command is a usage error and exits with 2', async () => {
  const { exitCode, stdout, stderr } = await run(['nonsense']);

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain("unknown command 'nonsense'");
});

describe('`codeseeder run`', () => {
  it('`run` prints only the value of a function to stdout, and its progress to stderr', async () => {
    const { exitCode, stdout, stderr } = await run(['run', `${VALUES}#echo`, '{"a":[1,"ä"]}']);

    expect(exitCode).toBe(0);
    expect(parsed(stdout)).toEqual({ a: [1, 'ä'] });
    expect(stderr).toMatch(
      /packed \d+ files, \d+ bytes[\s\S]*run \S+ submitted[\s\S]*\nbuild started\n[\s\S]*\nphase BUILD: \d[\s\S]*\nSUCCEEDED in [^\n]*\n$/,
    );
    expect(stderr).not.toMatch(/NodeVersionSupportWarning|no longer support Node|\u001b\[/);
  });

  it('`run` exits with 1 and shows the source line when the function throws', async () => {
    const { exitCode, stdout, stderr } = await runHere(['run', `${VALUES}#deployNetwork`, '"prod"']);

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /NetworkError: cannot deploy to prod\n {4}at deployNetwork \(test\/fixtures\/functions\/values\.ts:57:/,
    );
    expect(stderr).toMatch(/\n> 57 \| {5}throw new NetworkError\(.*\n +\| +\^\n/);
    expect(stderr.split('NetworkError: cannot deploy to prod')).toHaveLength(2);
    expect(stderr).toContain('\nCaused by: TypeError: no such stage: prod\n');
    expect(stderr).not.toContain('[Container]');
  });

  it('`run --dir` includes a folder, and passes the words of a command on unchanged', async () => {
    const words = [
      'run',
      '--dir',
      FUNCTIONS,
      '-e',
      'STAGE=dev',
      '--',
      'printf',
      '%s|',
      "it's",
      '$STAGE',
      '*',
    ];
    const [split, line] = await Promise.all([
      run(words),
      runHere(['run', '--dir', FUNCTIONS, '-e', 'STAGE=dev', '--', 'echo "$STAGE" *.ts']),
    ]);

    expect([split, line]).toMatchObject([
      { exitCode: 0, stdout: '' },
      { exitCode: 0, stdout: '' },
    ]);
    expect(split.stderr).toContain("\nit's|$STAGE|*|\n");
    expect(line.stderr).toContain('\ndev calls-itself.ts mapped.ts second-edition.ts values.ts');
  });

  it('`run` exits with 1 and reports a command that fails, with `--json` too', async () => {
    const [plain, json] = await Promise.all([
      runHere(['run', '--', 'exit 3']),
      runHere(['run', '--json', '--', 'exit 3']),
    ]);

    expect(plain).toMatchObject({ exitCode: 1, stdout: '' });
    expect(plain.stderr).toMatch(/^CommandFailed: exit status 3: exit 3$/m);
    expect(json.exitCode).toBe(1);
    expect(parsed(json.stdout)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'CommandFailed' },
      exitCode: 3,
    });
  });

  it('`run` exits with 2 for an argument that is not JSON, and with 3 for a seedkit that does not exist', async () => {
    const [argument, seedkit] = await Promise.all([
      runHere(['run', `${VALUES}#echo`, 'prod']),
      runHere(['run', '--seedkit', 'nope', `${VALUES}#echo`, '1']),
    ]);

    expect(argument).toMatchObject({ exitCode: 2, stdout: '' });
    expect(argument.stderr).toMatch(/Argument 1 is not JSON: prod\. .*'"prod"'/);
    expect(seedkit).toMatchObject({ exitCode: 3, stdout: '' });
    expect(seedkit.stderr).toContain('SeedkitNotFound: No seedkit "nope"');
  });

  it('`run` and `runs list` exit with 3 and name the endpoint when nothing answers there', async () => {
    const AWS_ENDPOINT_URL = 'http://127.0.0.1:1';
    const outcomes = await Promise.all([
      run(['run', `${VALUES}#echo`, '1'], { AWS_ENDPOINT_URL }),
      run(['runs', 'list'], { AWS_ENDPOINT_URL }),
    ]);

    for (const { exitCode, stdout, stderr } of outcomes) {
      expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
      expect(stderr).toMatch(
        /^AwsUnreachable: .*ECONNREFUSED.*AWS_ENDPOINT_URL is http:\/\/127\.0\.0\.1:1\.\n- .*local up e2e --detach/,
      );
    }
  });
});

describe('`codeseeder runs`', () => {
  const ID = 'looked-at';

  beforeAll(async () => {
    const submitted = await runHere([
      'run',
      '--detach',
      '--run-id',
      ID,
      '-l',
      'team=command-line',
      `${VALUES}#printLines`,
      '3',
    ]);
    expect(submitted).toMatchObject({ exitCode: 0, stdout: `${ID}\n` });
    await runHere(['runs', 'logs', ID, '--follow']);
  });

  it('`runs list` shows the newest runs', async () => {
    const [plain, json] = await Promise.all([
      runHere(['runs', 'list', '--limit', '1000']),
      runHere(['runs', 'list', '--limit', '1000', '--status', 'SUCCEEDED', '--json']),
    ]);

    expect(plain).toMatchObject({ exitCode: 0, stderr: '' });
    expect(plain.stdout).toMatch(/^RUN +STATUS +QUEUED +SECONDS +TARGET\n/);
    expect(plain.stdout).toMatch(/^looked-at +SUCCEEDED +\d{4}-\S+Z +\d+\.\d +\S+values\.ts#printLines$/m);
    const records = parsed<RunRecord[]>(json.stdout);
    expect(records.find(({ runId }) => runId === ID)).toMatchObject({
      status: 'SUCCEEDED',
      labels: { team: 'command-line' },
    });
    expect(new Set(records.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']));
  });

  it("`runs show` prints arguments and value, and with `--history` the execution's history", async () => {
    const [plain, json] = await Promise.all([
      runHere(['runs', 'show', ID, '--history']),
      runHere(['runs', 'show', ID, '--json']),
    ]);

    expect(plain).toMatchObject({ exitCode: 0, stderr: '' });
    expect(plain.stdout).toMatch(/^status +SUCCEEDED$/m);
    expect(plain.stdout).toMatch(/^args +\[3\]$/m);
    expect(plain.stdout).toMatch(/^# +SECONDS +EVENT +STATE +FAILURE$/m);
    expect(plain.stdout).toMatch(/^1 +0\.000 +ExecutionStarted$/m);
    expect(plain.stdout).toMatch(/^\d+ +\d+\.\d{3} +ExecutionSucceeded$/m);
    expect(parsed(json.stdout)).toMatchObject({
      runId: ID,
      record: { status: 'SUCCEEDED' },
      args: [3],
      history: expect.arrayContaining([expect.objectContaining({ state: 'CollectOutcome' })]),
    });
  });

  it("`runs logs` prints a run's lines, and `--follow` waits for its end", async () => {
    const [plain, followed, json] = await Promise.all([
      run(['runs', 'logs', ID]),
      runHere(['runs', 'logs', ID, '--follow']),
      runHere(['runs', 'logs', ID, '--json']),
    ]);
    const ofFunction = (stdout: string) => stdout.split('\n').filter((line) => line.startsWith('line '));
    const expected = ['0', '1', '2'].map((digit) => `line ${digit.padStart(24, '0')}`);

    expect(ofFunction(plain.stdout)).toEqual(expected);
    expect(followed).toEqual(plain);
    const lines = json.stdout
      .trimEnd()
      .split('\n')
      .map(parsed<{ message: string; timestampMs: number }>);
    expect(ofFunction(lines.map(({ message }) => message).join('\n'))).toEqual(expected);
  });

  it('`runs shell` opens a shell in a build that waits at its breakpoint, and the shell resumes it', async () => {
    const args = ['--run-id', 'looked-into', '--detach', '--debug-pause', 'before-target'];
    await runHere(['run', ...args, '--', 'cat from-shell.txt']);
    const typed = [
      'cd "$CODEBUILD_SRC_DIR"; echo "typed: $CODESEEDER_RUN_ID" | tee from-shell.txt',
      // The build may not have reached its breakpoint yet.
      'while [ -n "$(codebuild-resume)" ]; do sleep 0.1; done',
    ].join('\n');
    const openShell = () =>
      runMain(['runs', 'shell', 'looked-into'], {
        environment: place.environment,
        workingFolder: PROJECT,
        stdin: Readable.from([`${typed}\n`]),
      });
    let shell = await openShell();
    while (/not started|not ready|no record/.test(shell.stderr)) shell = await openShell();
    expect(shell).toMatchObject({ exitCode: 0, stdout: 'typed: looked-into\n' });
    // The build may end before the shell does, which is then told.
    expect(shell.stderr).toMatch(/^(The build of the run looked-into has ended\.\n)?$/);
    const waited = await runHere(['runs', 'wait', 'looked-into', '--json']);
    const log = await runHere(['runs', 'logs', 'looked-into']);
    expect(waited.exitCode).toBe(0);
    expect(log.stdout).toContain('typed: looked-into');
    const late = await runHere(['runs', 'shell', 'looked-into']);
    expect(late).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('it has ended: SUCCEEDED') });
    const without = await runHere(['runs', 'shell', ID]);
    expect(without.stderr).toContain('without a debug session');
  });

  it('`runs list --watch` prints the list and ends with 130 when it is interrupted', async () => {
    const controller = new AbortController();
    const terminal = aTerminal({
      environment: place.environment,
      workingFolder: PROJECT,
      interrupted: controller.signal,
    });
    const ended = main(['runs', 'list', '--watch', '--label', 'team=command-line'], terminal);
    while (!terminal.stdout.text.includes(ID)) await new Promise((resolve) => setTimeout(resolve, 25));
    controller.abort(new Error('received SIGINT'));

    expect(await ended).toBe(130);
    expect(terminal.stdout.text).toMatch(/^looked-at  SUCCEEDED  \S+  \d+\.\d  \S+#printLines\n$/);
  });

  it('`runs show` exits with 2 for an id that does not exist', async () => {
    const { exitCode, stdout, stderr } = await runHere(['runs', 'show', 'never-was']);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^RunNotFound: .*"never-was"/);
  });
});
