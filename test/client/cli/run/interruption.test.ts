import { PassThrough } from 'node:stream';

import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { PutObjectCommand } from '@aws-sdk/client-s3';
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
  mockExecution,
  mockRecords,
  s3,
  states,
} from '../../mocked-account.js';
import { aTerminal } from '../a-terminal.js';

const RUN = ['run', '--seedkit', 'demo', '--region', 'eu-west-1', '--run-id', 'i-1', '--', 'sleep 60'];
const QUESTION = '(c)ancel it, (d)etach from it, or Enter to keep waiting: ';

beforeEach(() => {
  resetAccount();
  logs.on(GetLogEventsCommand).resolves({ events: [] });
  mockExecution({ status: 'RUNNING' });
  mockRecords(aRecord({ runId: 'i-1', status: 'BUILDING' }));
  states.on(StopExecutionCommand).callsFake(() => {
    const failure = { code: 'RunCanceled', message: 'canceled' } as const;
    mockRecords(aRecord({ runId: 'i-1', status: 'CANCELED', failure }));
    return {};
  });
});

/** Starts `codeseeder run`, on a terminal if `isTTY` is true. */
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
    /** Waits until a text was written to standard error the given number of times. */
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
/** Returns a promise that never settles. */
const withoutEnd = () => new Promise<never>(() => undefined);

describe('interruption without a terminal', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'Without a terminal, %s cancels the run with the reason and waits for its end',
    async (signal) => {
      const run = running();
      await run.says('build started');
      run.signal(signal);

      expect(await run.exitCode).toBe(130);
      expect(stops()).toEqual([
        {
          executionArn: executionArnOf(MACHINE, 'i-1'),
          error: 'RunCanceled',
          cause: expect.stringMatching(new RegExp(`^Canceled by .+@.+: codeseeder received ${signal}$`)),
        },
      ]);
      expect(run.said()).toContain('Canceling the run i-1. A second signal leaves it at once.');
      expect(run.said()).toMatch(/Interrupted: Canceled the run i-1\.\n$/);
    },
  );

  it('Without a terminal, the end of the starter cancels the run with the reason and waits for its end', async () => {
    const run = running({ isTTY: true });
    await run.says('build started');
    run.endStarter();

    expect(await run.exitCode).toBe(130);
    expect(stops()).toMatchObject([
      { cause: expect.stringMatching(/^Canceled by .+@.+: the process that started codeseeder ended$/) },
    ]);
    expect(run.said()).not.toContain(QUESTION);
    expect(run.said()).toMatch(/Interrupted: Canceled the run i-1\.\n$/);
  });

  it('The end of the starter ends the submission if there is no run yet', async () => {
    s3.on(PutObjectCommand).callsFake(() => {
      run.endStarter();
      return {};
    });
    const run = running();

    expect(await run.exitCode).toBe(130);
    expect(run.said()).toContain(
      'Ended because the process that started codeseeder ended, before the run i-1',
    );
    expect(states.commandCalls(StartExecutionCommand)).toEqual([]);
  });

  it('The end of the starter does not cancel a detached run', async () => {
    const run = running({ args: ['run', '--detach', ...RUN.slice(1)] });
    await run.says('packing the bundle');
    run.endStarter();

    expect(await run.exitCode).toBe(0);
    expect(stops()).toEqual([]);
  });

  it('SIGHUP leaves the run running', async () => {
    const run = running();
    await run.says('build started');
    run.signal('SIGHUP');

    expect(await run.exitCode).toBe(130);
    expect(run.said()).toContain(
      'Left the run i-1, which continues. To wait for it: codeseeder runs wait i-1',
    );
    expect(stops()).toEqual([]);
  });

  it('A second signal leaves the run at once, even if the cancellation is pending', async () => {
    states.on(StopExecutionCommand).callsFake(withoutEnd);
    const run = running();
    await run.says('build started');
    run.signal('SIGINT');
    await run.says('Canceling the run i-1');
    run.signal('SIGINT');

    expect(await run.exitCode).toBe(130);
    expect(run.said()).toContain('Left the run i-1, which is being canceled: codeseeder runs show i-1');
  });

  it('If the run cannot be canceled, the command reports that it goes on and why', async () => {
    states.on(StopExecutionCommand).rejects(new Error('not allowed to'));
    const run = running();
    await run.says('build started');
    run.signal('SIGTERM');

    expect(await run.exitCode).toBe(3);
    expect(run.said()).toMatch(/The run i-1 could not be canceled and continues\.\nError: not allowed to\n$/);
  });

  it('If the run ends before its cancellation, the command reports that end', async () => {
    states.on(StopExecutionCommand).callsFake(() => {
      mockRecords(aRecord({ runId: 'i-1', status: 'SUCCEEDED', kind: 'commands' }));
      return {};
    });
    const run = running();
    await run.says('build started');
    run.signal('SIGINT');

    expect(await run.exitCode).toBe(0);
    expect(run.said()).not.toContain('Canceled');
  });
});

describe('interruption during submission', () => {
  it('A signal during submission cancels the run that was started in the meantime', async () => {
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

  it('A second signal during submission leaves and reports that the run may exist', async () => {
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

  it('A signal before the run is started ends the submission', async () => {
    s3.on(PutObjectCommand).callsFake(() => {
      run.signal('SIGINT');
      return {};
    });
    const run = running();

    expect(await run.exitCode).toBe(130);
    expect(run.said()).toContain(
      'Ended because codeseeder received SIGINT, before the run i-1 was known to have started. To see whether it has started: codeseeder runs show i-1',
    );
    expect(states.commandCalls(StartExecutionCommand)).toEqual([]);
  });
});

describe('interruption on a terminal', () => {
  it.each([
    ['c', 130, 'Interrupted: Canceled the run i-1.', 1],
    ['D', 130, 'Left the run i-1, which continues. To wait for it: codeseeder runs wait i-1', 0],
  ])('The answer %s to Ctrl-C exits with %i and prints "%s"', async (letter, exitCode, told, stopped) => {
    const run = running({ isTTY: true });
    await run.says('build started');
    run.signal('SIGINT');
    await run.says(QUESTION);
    run.type(`${letter}\n`);

    expect(await run.exitCode).toBe(exitCode);
    expect(run.said()).toContain(told);
    expect(stops()).toHaveLength(stopped);
  });

  it('Another answer to Ctrl-C is named, and the question is asked again', async () => {
    const run = running({ isTTY: true });
    await run.says('build started');
    run.signal('SIGINT');
    await run.says(QUESTION);
    run.type('leave\n');
    await run.says('"leave" is no answer. Type c to cancel the run, d to detach from it');
    run.type('d\n');

    expect(await run.exitCode).toBe(130);
    expect(run.said()).toContain('Left the run i-1');
  });

  it('Enter continues with the kept progress, and Ctrl-C can be pressed again', async () => {
    mockRecords(aRecord({ runId: 'i-1', status: 'QUEUED' }));
    const run = running({ isTTY: true });
    await run.says('queued');
    run.signal('SIGINT');
    await run.says(QUESTION);
    mockRecords(aRecord({ runId: 'i-1', status: 'BUILDING' }));
    run.type('\n');
    await run.says('build started');
    run.signal('SIGINT');
    await run.says(QUESTION, 2);
    run.type('d\n');

    expect(await run.exitCode).toBe(130);
  });

  it('Ctrl-C during the question leaves the run at once', async () => {
    const run = running({ isTTY: true });
    await run.says('build started');
    run.signal('SIGINT');
    await run.says(QUESTION);
    run.signal('SIGINT');

    expect(await run.exitCode).toBe(130);
    expect(run.said()).toContain(
      'Left the run i-1, which continues. To wait for it: codeseeder runs wait i-1',
    );
    expect(stops()).toEqual([]);
  });

  it('If the run ends during the question, its end is reported', async () => {
    const run = running({ isTTY: true });
    await run.says('build started');
    run.signal('SIGINT');
    await run.says(QUESTION);
    mockRecords(aRecord({ runId: 'i-1', status: 'SUCCEEDED', kind: 'commands' }));

    expect(await run.exitCode).toBe(0);
    expect(run.said()).toMatch(/^SUCCEEDED/m);
  });

  it('SIGTERM cancels the run without a question', async () => {
    const run = running({ isTTY: true });
    await run.says('build started');
    run.signal('SIGTERM');

    expect(await run.exitCode).toBe(130);
    expect(run.said()).not.toContain(QUESTION);
    expect(stops()).toHaveLength(1);
  });
});
