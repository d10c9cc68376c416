import { PassThrough } from 'node:stream';

import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { main } from '../../../../client/cli/main.js';
import { createSignals, type EndSignal } from '../../../../client/cli/signals.js';
import { executionArnOf } from '../../../../lib/contract/index.js';
import {
  aRecord,
  logs,
  MACHINE,
  resetAccount,
  standExecution,
  standRecords,
  states,
} from '../../mocked-account.js';
import { aTerminal } from '../a-terminal.js';

const RUN = ['run', '--seedkit', 'demo', '--region', 'eu-west-1', '--run-id', 'i-1', '--', 'sleep 60'];
const QUESTION = '(c)ancel it, (d)etach from it, or Enter to wait on: ';

beforeEach(() => {
  resetAccount();
  logs.on(GetLogEventsCommand).resolves({ events: [] });
  standExecution({ status: 'RUNNING' });
  standRecords(aRecord({ runId: 'i-1', status: 'BUILDING' }));
  states.on(StopExecutionCommand).callsFake(() => {
    const failure = { code: 'RunCanceled', message: 'canceled' } as const;
    standRecords(aRecord({ runId: 'i-1', status: 'CANCELED', failure }));
    return {};
  });
});

/** A `codeseeder run` that goes on; on a terminal where `isTTY`. */
function running({ isTTY = false, args = RUN } = {}) {
  const signals = createSignals();
  let starterEnded = () => {};
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const terminal = aTerminal({
    stdin,
    takeSignals: signals.take,
    watchStarter(ended) {
      starterEnded = ended;
      return () => void (starterEnded = () => {});
    },
    interrupted: signals.interrupted,
    environment: { CI: 'true' },
  });
  Object.assign(terminal.stderr, { isTTY });
  const said = (): string => terminal.stderr.text;
  return {
    exitCode: main(args, terminal),
    said,
    /** Waits until standard error says this, so many times. */
    async says(text: string, times = 1) {
      while (said().split(text).length <= times) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    signal: (signal: EndSignal) => signals.deliver(signal),
    endStarter: () => starterEnded(),
    type: (line: string) => stdin.write(line),
    endInput: () => stdin.end(),
  };
}

const stops = () => states.commandCalls(StopExecutionCommand).map((call) => call.args[0].input);
/** Never answers a call, as long as the test lasts. */
const withoutEnd = () => new Promise<never>(() => undefined);

describe('off a terminal', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s cancels the run, says why and waits for its end',
    async (signal) => {
      const run = running();
      await run.says('status BUILDING');
      run.signal(signal);

      expect(await run.exitCode).toBe(130);
      expect(stops()).toEqual([
        {
          executionArn: executionArnOf(MACHINE, 'i-1'),
          error: 'RunCanceled',
          cause: expect.stringMatching(new RegExp(`^Canceled by .+@.+: codeseeder received ${signal}$`)),
        },
      ]);
      expect(run.said()).toContain('Canceling the run i-1. Press Ctrl-C again to leave at once.');
      expect(run.said()).toMatch(/Interrupted: Canceled the run i-1\.\n$/);
    },
  );

  it('the end of the starter cancels the run, says why and waits for its end', async () => {
    const run = running({ isTTY: true });
    await run.says('status BUILDING');
    run.endStarter();

    expect(await run.exitCode).toBe(130);
    expect(stops()).toMatchObject([
      { cause: expect.stringMatching(/^Canceled by .+@.+: the process that started codeseeder ended$/) },
    ]);
    expect(run.said()).not.toContain(QUESTION);
    expect(run.said()).toMatch(/Interrupted: Canceled the run i-1\.\n$/);
  });

  it('the end of the starter ends what is no run yet', async () => {
    const run = running();
    await run.says('packing the bundle');
    run.endStarter();

    expect(await run.exitCode).toBe(130);
    expect(run.said()).toContain(
      'Ended because the process that started codeseeder ended, before the run i-1',
    );
    expect(states.commandCalls(StartExecutionCommand)).toEqual([]);
  });

  it('the end of the starter does not end a run that is left anyway', async () => {
    const run = running({ args: ['run', '--detach', ...RUN.slice(1)] });
    await run.says('packing the bundle');
    run.endStarter();

    expect(await run.exitCode).toBe(0);
    expect(stops()).toEqual([]);
  });

  it('SIGHUP leaves the run, which goes on', async () => {
    const run = running();
    await run.says('status BUILDING');
    run.signal('SIGHUP');

    expect(await run.exitCode).toBe(130);
    expect(run.said()).toContain('Left the run i-1, which goes on: codeseeder runs wait i-1');
    expect(stops()).toEqual([]);
  });

  it('a second signal leaves at once, while the cancellation has no answer', async () => {
    states.on(StopExecutionCommand).callsFake(withoutEnd);
    const run = running();
    await run.says('status BUILDING');
    run.signal('SIGINT');
    await run.says('Canceling the run i-1');
    run.signal('SIGINT');

    expect(await run.exitCode).toBe(130);
    expect(run.said()).toContain('Left the run i-1, which is being canceled: codeseeder runs show i-1');
  });

  it('says that the run goes on where it cannot be canceled, and why', async () => {
    states.on(StopExecutionCommand).rejects(new Error('not allowed to'));
    const run = running();
    await run.says('status BUILDING');
    run.signal('SIGTERM');

    expect(await run.exitCode).toBe(3);
    expect(run.said()).toMatch(/The run i-1 could not be canceled and goes on\.\nError: not allowed to\n$/);
  });

  it('tells the end of a run that came to its own end first', async () => {
    states.on(StopExecutionCommand).callsFake(() => {
      standRecords(aRecord({ runId: 'i-1', status: 'SUCCEEDED', kind: 'commands' }));
      return {};
    });
    const run = running();
    await run.says('status BUILDING');
    run.signal('SIGINT');

    expect(await run.exitCode).toBe(0);
    expect(run.said()).not.toContain('Canceled');
  });
});

describe('a signal that comes while the run is being started', () => {
  it('cancels the run that was started meanwhile', async () => {
    let answer: (() => void) | undefined;
    states
      .on(StartExecutionCommand)
      .callsFake(
        () =>
          new Promise(
            (resolve) => (answer = () => resolve({ executionArn: executionArnOf(MACHINE, 'i-1') })),
          ),
      );
    const run = running();
    while (answer === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    run.signal('SIGTERM');
    answer();

    expect(await run.exitCode).toBe(130);
    expect(stops()).toHaveLength(1);
    expect(run.said()).toContain('Interrupted: Canceled the run i-1.');
  });

  it('leaves when it comes again, and says that the run may be there', async () => {
    states.on(StartExecutionCommand).callsFake(withoutEnd);
    const run = running();
    while (states.commandCalls(StartExecutionCommand).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    run.signal('SIGINT');
    run.signal('SIGINT');

    expect(await run.exitCode).toBe(130);
    expect(run.said()).toContain('Left before the run i-1 was known to have started');
    expect(run.said()).toContain('codeseeder runs show i-1');
  });

  it('ends what is no run yet', async () => {
    const run = running();
    await run.says('packing the bundle');
    run.signal('SIGINT');

    expect(await run.exitCode).toBe(130);
    expect(run.said()).toContain(
      'Ended because codeseeder received SIGINT, before the run i-1 was known to have started.',
    );
    expect(states.commandCalls(StartExecutionCommand)).toEqual([]);
  });
});

describe('on a terminal, Ctrl-C asks', () => {
  it.each([
    ['c', 130, 'Interrupted: Canceled the run i-1.', 1],
    ['D', 130, 'Left the run i-1, which goes on: codeseeder runs wait i-1', 0],
  ])('%s ends with %i, and "%s"', async (letter, exitCode, told, stopped) => {
    const run = running({ isTTY: true });
    await run.says('status BUILDING');
    run.signal('SIGINT');
    await run.says(QUESTION);
    run.type(`${letter}\n`);

    expect(await run.exitCode).toBe(exitCode);
    expect(run.said()).toContain(told);
    expect(stops()).toHaveLength(stopped);
  });

  it('Enter waits on, with what came meanwhile, and it can be pressed again', async () => {
    standRecords(aRecord({ runId: 'i-1', status: 'QUEUED' }));
    const run = running({ isTTY: true });
    await run.says('status QUEUED');
    run.signal('SIGINT');
    await run.says(QUESTION);
    standRecords(aRecord({ runId: 'i-1', status: 'BUILDING' }));
    run.type('\n');
    await run.says('status BUILDING');
    run.signal('SIGINT');
    await run.says(QUESTION, 2);
    run.type('d\n');

    expect(await run.exitCode).toBe(130);
  });

  it('and pressed again while it asks leaves at once', async () => {
    const run = running({ isTTY: true });
    await run.says('status BUILDING');
    run.signal('SIGINT');
    await run.says(QUESTION);
    run.signal('SIGINT');

    expect(await run.exitCode).toBe(130);
    expect(run.said()).toContain('Left the run i-1, which goes on: codeseeder runs wait i-1');
    expect(stops()).toEqual([]);
  });

  it('and no more when the run is over meanwhile; its end is told', async () => {
    const run = running({ isTTY: true });
    await run.says('status BUILDING');
    run.signal('SIGINT');
    await run.says(QUESTION);
    standRecords(aRecord({ runId: 'i-1', status: 'SUCCEEDED', kind: 'commands' }));

    expect(await run.exitCode).toBe(0);
    expect(run.said()).toContain('finished: SUCCEEDED');
  });

  it('while SIGTERM cancels without a question', async () => {
    const run = running({ isTTY: true });
    await run.says('status BUILDING');
    run.signal('SIGTERM');

    expect(await run.exitCode).toBe(130);
    expect(run.said()).not.toContain(QUESTION);
    expect(stops()).toHaveLength(1);
  });
});
