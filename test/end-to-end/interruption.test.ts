import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit, type RunRecord, type Seedkit } from '../../client/index.js';
import { COMMAND_LINE, codeseeder, PROJECT, start } from './command-line-process.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';
import { closeTerminals, codeseederOnTerminal } from './pseudo-terminal.js';
import { received, subscribe } from './received-events.js';

const VALUES = path.join(PROJECT, 'test/fixtures/functions/values.ts');

let place: SharedSeedkit;
let kit: Seedkit;
let gates: string;

beforeAll(async () => {
  place = await sharedSeedkit();
  gates = await mkdtemp(path.join(place.seenByBuilds, 'gates-'));
  kit = seedkit(place.name);
  await subscribe(place);
});

afterAll(async () => {
  closeTerminals();
  await rm(gates, { recursive: true });
});

const call = (runId: string, target: readonly string[]) => [
  ...['run', '--seedkit', place.name, '--run-id', runId],
  ...target,
];

const gateOf = (runId: string) => path.join(gates, runId);

/** Returns a command that prints `is under way` when it starts, and ends when its gate file exists. */
const gated = (runId: string) => ['--', `echo is under way; ${untilOpen(gateOf(runId))}; echo is through`];

const untilOpen = (gate: string) => `until [ -e ${gate} ]; do sleep 0.1; done`;

/** Creates the gate file of a run. @returns the run's record after its end */
async function openGate(runId: string): Promise<RunRecord> {
  await writeFile(gateOf(runId), '');
  return endOf(runId);
}

async function endOf(runId: string): Promise<RunRecord> {
  const run = await kit.attach(runId);
  await run.outcome().catch(() => undefined);
  return kit.runs.get(runId);
}

/** Starts a run without a terminal, and waits until its command has started. */
async function startGatedRun(runId: string) {
  const running = start(process.execPath, [COMMAND_LINE, ...call(runId, gated(runId))]);
  await running.untilPrinted('is under way\n');
  return running;
}

/** Starts a run on a terminal, and waits until its command has started. */
async function startGatedRunOnTerminal(runId: string, target = gated(runId)) {
  const running = codeseederOnTerminal(call(runId, target));
  await running.shows('is under way\r\n');
  return running;
}

/** Waits until no process has this text in its command line. */
async function untilNoneRuns(words: string): Promise<void> {
  for (;;) {
    const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
    if (!lines.some((line) => line.replaceAll('\0', ' ').includes(words))) return;
    await sleep(50);
  }
}

/** Sends a signal to a client without a terminal, and checks the run's record, event and processes. */
async function expectCanceledBy(signal: 'SIGINT' | 'SIGTERM'): Promise<void> {
  const runId = `off-${signal}`;
  const running = await startGatedRun(runId);
  running.process.kill(signal);
  const { exitCode, stderr } = await running.ended;

  expect(exitCode).toBe(130);
  expect(stderr).toContain(`Canceling the run ${runId}`);
  expect(stderr).toContain(`Interrupted: Canceled the run ${runId}.`);
  const record = await kit.runs.get(runId);
  expect(record).toMatchObject({
    status: 'CANCELED',
    failure: {
      code: 'RunCanceled',
      message: expect.stringMatching(new RegExp(`Canceled by .+@.+: codeseeder received ${signal}`)),
    },
  });
  const { detail } = await received(
    (event) => event.detail.runId === runId && event.detail.status === 'CANCELED',
  );
  expect(detail.failure).toEqual(record.failure);
  await untilNoneRuns(gateOf(runId));
}

it('Without a terminal, SIGINT and SIGTERM cancel the run and its build, which is recorded and announced', async () => {
  await Promise.all([expectCanceledBy('SIGINT'), expectCanceledBy('SIGTERM')]);
});

describe('The end of the parent process', () => {
  /** Starts a run through another program, and ends that program while the run's command is running. */
  async function expectCanceledWith(
    runId: string,
    command: string,
    args: readonly string[],
    folder?: string,
  ): Promise<void> {
    const starter = start(command, args, {}, folder);
    await starter.untilPrinted('is under way\n');
    starter.process.kill('SIGTERM');
    const { stderr } = await starter.ended;

    expect(stderr).toContain(`Interrupted: Canceled the run ${runId}.`);
    expect(await endOf(runId)).toMatchObject({
      status: 'CANCELED',
      failure: { message: expect.stringContaining('the process that started codeseeder ended') },
    });
    await untilNoneRuns(gateOf(runId));
  }

  /**
   * Creates a project in which this package is installed. In the folder of this package, `npm exec` would install and
   * build it first.
   */
  async function aProject(): Promise<string> {
    const folder = path.join(gates, 'project');
    const commands = path.join(folder, 'node_modules/.bin');
    await mkdir(commands, { recursive: true });
    await writeFile(path.join(folder, 'package.json'), '{"name":"user"}');
    await symlink(COMMAND_LINE, path.join(commands, 'codeseeder'));
    return folder;
  }

  it('The end of npm or of a shell cancels the run, although neither passes the signal on', async () => {
    const byNpm = ['exec', '--offline', '--', 'codeseeder', ...call('npm-exec', gated('npm-exec'))];
    const words = [process.execPath, COMMAND_LINE, ...call('by-shell', gated('by-shell'))];

    await Promise.all([
      expectCanceledWith('npm-exec', 'npm', byNpm, await aProject()),
      expectCanceledWith('by-shell', 'sh', ['-c', '"$@"; true', 'sh', ...words]),
    ]);
  });

  it('A run that was started with --detach continues when the parent process ends', async () => {
    const words = [process.execPath, COMMAND_LINE, ...call('detached', ['--detach', ...gated('detached')])];
    await start('sh', ['-c', '"$@"; true', 'sh', ...words]).ended;

    expect(await openGate('detached')).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('Ctrl-C on a terminal', () => {
  const QUESTION = '(c)ancel it, (d)etach from it, or Enter to keep waiting: ';

  it('Ctrl-C asks, Enter continues to wait, the next Ctrl-C asks again, and the answer c cancels the run and waits for its end', async () => {
    const [first, second] = [gateOf('on-wait'), gateOf('on-cancel')];
    const command = `echo is under way; ${untilOpen(first)}; echo goes on; ${untilOpen(second)}`;
    const running = await startGatedRunOnTerminal('on-cancel', ['--', command]);
    running.type('\x03');
    await running.shows(QUESTION);
    running.type('\n');
    // Ctrl-C discards typed text that was not read yet, so waits until the prompt has read it: then the status line is
    // drawn again.
    while (!running.shown().split(QUESTION).at(-1)?.includes('building')) await sleep(25);
    await writeFile(first, '');
    await running.shows('goes on\r\n');
    running.type('\x03');
    await running.shows(QUESTION, 2);
    running.type('c\n');

    expect(await running.ended).toBe(130);
    expect(running.shown()).toContain('Canceled the run on-cancel.');
    expect(await kit.runs.get('on-cancel')).toMatchObject({
      status: 'CANCELED',
      failure: { message: expect.stringContaining('codeseeder received SIGINT') },
    });
  });

  it('Ctrl-C asks, and after the answer d the run continues', async () => {
    const running = await startGatedRunOnTerminal('on-detach');
    running.type('\x03');
    await running.shows(QUESTION);
    running.type('d\n');

    expect(await running.ended).toBe(130);
    expect(running.shown()).toContain(
      'Left the run on-detach, which continues. To wait for it: codeseeder runs wait on-detach',
    );
    expect(await openGate('on-detach')).toMatchObject({ status: 'SUCCEEDED' });
  });

  it("A second Ctrl-C exits immediately, and `runs wait` still returns the run's end", async () => {
    const running = await startGatedRunOnTerminal('on-twice');
    running.type('\x03');
    await running.shows(QUESTION);
    running.type('\x03');

    expect(await running.ended).toBe(130);
    expect(running.shown()).toContain('codeseeder runs wait on-twice');
    expect((await kit.runs.get('on-twice')).status).toBe('BUILDING');
    const waiting = codeseeder(['runs', 'wait', 'on-twice', '-s', place.name]);
    await openGate('on-twice');
    expect(await waiting).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringContaining('is through'),
    });
  });
});

it('When the terminal closes, the run continues and no process is left', async () => {
  const running = await startGatedRunOnTerminal('hung-up');
  running.hangUp();
  await running.ended;
  await untilNoneRuns('--run-id hung-up');

  expect(await openGate('hung-up')).toMatchObject({ status: 'SUCCEEDED' });
});

describe('A client that is killed', () => {
  const ADD = [`${VALUES}#add`, '40', '2'];
  let temporary: string;

  beforeAll(async () => {
    temporary = await mkdtemp(path.join(tmpdir(), 'codeseeder-dying-'));
  });
  // A client that was killed cannot remove its temporary files, so the last test removes them.
  afterAll(async () => {
    const left = await readdir(temporary);
    await rm(temporary, { recursive: true });
    expect(left).toEqual([]);
  });

  const dying = (runId: string, dieAt: string, target = ADD) =>
    start(
      process.execPath,
      ['--import', './test/fixtures/dies-at-answer.mjs', COMMAND_LINE, ...call(runId, target)],
      { DIE_AT: dieAt, TMPDIR: temporary },
    ).ended;

  it('A client that is killed after its bundle or input was put leaves no run, and the same run can be started', async () => {
    const points = { bundle: '^(PUT|HEAD) .*/bundles/', input: '^PUT .*/invocation.json' };
    await Promise.all(
      Object.entries(points).map(async ([runId, dieAt]) => {
        expect(await dying(runId, dieAt)).toMatchObject({ exitCode: null });
        await expect(kit.attach(runId)).rejects.toMatchObject({ code: 'RunNotFound' });

        const run = await kit.submitFunction(VALUES, 'add', [40, 2], { runId });
        await expect(run.result()).resolves.toBe(42);
      }),
    );
  });

  it('A client that is killed before StartExecution answers leaves one run, whose value can be waited for', async () => {
    expect(await dying('started', 'StartExecution')).toMatchObject({ exitCode: null });

    // A pipeline that is started again submits the same run id, and gets the run that exists.
    const [value, repeated] = await Promise.all([
      kit.attach('started').then((run) => run.result()),
      codeseeder(call('started', ADD)),
    ]);
    expect(value).toBe(42);
    expect(repeated).toMatchObject({ exitCode: 0, stdout: '42\n' });
    const records = await kit.runs.list({ limit: 1_000 });
    expect(records.filter(({ runId }) => runId === 'started')).toHaveLength(1);
  });

  it('A run ends as usual when its client is killed while it follows the log or the record', async () => {
    const points = { streaming: 'GetLogEvents', looking: 'GetItem' };
    await Promise.all(
      Object.entries(points).map(async ([runId, dieAt]) => {
        expect(await dying(runId, dieAt, gated(runId))).toMatchObject({ exitCode: null });

        expect(await openGate(runId)).toMatchObject({ status: 'SUCCEEDED' });
      }),
    );
  });
});
