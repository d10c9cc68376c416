import { describe, expect, it } from '@jest/globals';

import { StateError } from '../../../../lib/local/states/interpreter/state-error.js';
import { StopReason } from '../../../../lib/local/states/interpreter/run-machine.js';
import { simulatedClock } from '../../simulated-clock.js';
import { aDefinition, aTask, run } from '../a-machine.js';

const branch = (states: Record<string, unknown>) => ({ StartAt: Object.keys(states)[0], States: states });
const pass = (output: unknown) => ({ Type: 'Pass', Output: output, End: true });
const wait = (seconds: number) => ({ Type: 'Wait', Seconds: seconds, End: true });
const fail = { Type: 'Fail', Error: 'Bad', Cause: 'why' };

function parallel(branches: unknown[], overrides: Record<string, unknown> = {}) {
  return {
    Type: 'Parallel',
    Branches: branches,
    ...('Next' in overrides ? {} : { End: true }),
    ...overrides,
  };
}

describe('A Parallel state', () => {
  it('A Parallel state runs its branches side by side and returns their outputs in the order of the branches', async () => {
    const { end, seconds } = await run(
      aDefinition({
        Both: parallel([
          branch({ A: { Type: 'Wait', Seconds: 20, Next: 'B' }, B: pass('{% $states.input.n + 1 %}') }),
          branch({ C: { Type: 'Wait', Seconds: 10, Output: 'c', End: true } }),
        ]),
      }),
      { input: { n: 1 } },
    );
    expect(end).toEqual({ status: 'SUCCEEDED', output: '[2,"c"]' });
    expect(seconds).toBe(20);
  });

  it('Arguments are the input of every branch, and Output sees the result', async () => {
    const { end } = await run(
      aDefinition({
        Both: parallel([branch({ A: pass('{% $states.input.x %}') }), branch({ B: pass(2) })], {
          Arguments: { x: '{% $states.input.n * 10 %}' },
          Output: '{% $sum($states.result) %}',
        }),
      }),
      { input: { n: 1 } },
    );
    expect(end).toEqual({ status: 'SUCCEEDED', output: '12' });
  });

  it('The events of a branch follow each other, and those of the state name the last branch to end', async () => {
    const { events } = await run(
      aDefinition({ Both: parallel([branch({ A: wait(20) }), branch({ B: wait(10) })]) }),
    );
    expect(events.map(({ id, previousEventId, type }) => `${id} <- ${previousEventId} ${type}`)).toEqual([
      '1 <- 0 ExecutionStarted',
      '2 <- 0 ParallelStateEntered',
      '3 <- 2 ParallelStateStarted',
      '4 <- 3 WaitStateEntered',
      '5 <- 3 WaitStateEntered',
      '6 <- 5 WaitStateExited',
      '7 <- 4 WaitStateExited',
      '8 <- 7 ParallelStateSucceeded',
      '9 <- 8 ParallelStateExited',
      '10 <- 9 ExecutionSucceeded',
    ]);
  });

  it('A failed branch stops the others and ends the execution with its error', async () => {
    const { end, types, seconds } = await run(
      aDefinition({
        Both: parallel([
          branch({ A: wait(3_600) }),
          branch({ B: { Type: 'Wait', Seconds: 5, Next: 'C' }, C: fail }),
        ]),
      }),
    );
    expect(end).toEqual({ status: 'FAILED', error: 'Bad', cause: 'why' });
    expect(seconds).toBe(5);
    expect(types.slice(-4)).toEqual([
      'FailStateEntered',
      'WaitStateAborted',
      'ParallelStateFailed',
      'ExecutionFailed',
    ]);
  });

  it('A Catcher receives the error of a branch', async () => {
    const { end, types } = await run(
      aDefinition({
        Both: parallel([branch({ A: fail })], {
          Catch: [{ ErrorEquals: ['Bad'], Next: 'After', Output: '{% $states.errorOutput %}' }],
        }),
        After: { Type: 'Succeed' },
      }),
    );
    expect(end).toEqual({ status: 'SUCCEEDED', output: '{"Error":"Bad","Cause":"why"}' });
    expect(types).toContain('ParallelStateExited');
  });

  it('A retry runs all branches again', async () => {
    let calls = 0;
    const { end, types, seconds } = await run(
      aDefinition({
        Both: parallel([branch({ A: aTask() }), branch({ B: pass(1) })], {
          Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 7 }],
          Output: '{% $count($states.result) %}',
        }),
      }),
      {
        invoke: async () => {
          calls += 1;
          if (calls === 1) throw new StateError('Flaky', 'once');
          return {};
        },
      },
    );
    expect(end).toEqual({ status: 'SUCCEEDED', output: '2' });
    expect(seconds).toBe(7);
    expect(types.filter((type) => type === 'ParallelStateStarted')).toHaveLength(2);
    expect(types.filter((type) => type === 'PassStateEntered')).toHaveLength(2);
  });

  it('A retry of a task in a branch does not restart the other branches', async () => {
    let calls = 0;
    const { end, types } = await run(
      aDefinition({
        Both: parallel([
          branch({ A: aTask({ Retry: [{ ErrorEquals: ['Flaky'] }], Output: 'a' }) }),
          branch({ B: pass('b') }),
        ]),
      }),
      {
        invoke: async () => {
          calls += 1;
          if (calls === 1) throw new StateError('Flaky');
          return {};
        },
      },
    );
    expect(end).toEqual({ status: 'SUCCEEDED', output: '["a","b"]' });
    expect(types.filter((type) => type === 'ParallelStateStarted')).toHaveLength(1);
  });

  it('A branch can read outer variables, and its own variables do not exist after it', async () => {
    const { end } = await run(
      aDefinition({
        Set: { Type: 'Pass', Assign: { a: 1 }, Next: 'Both' },
        Both: parallel(
          [
            branch({
              A: { Type: 'Pass', Assign: { b: '{% $a + 1 %}' }, Next: 'B' },
              B: pass('{% $b %}'),
            }),
          ],
          { Next: 'After' },
        ),
        After: pass('{% [$states.input[0], $exists($b)] %}'),
      }),
    );
    expect(end).toEqual({ status: 'SUCCEEDED', output: '[2,false]' });
  });

  it('Stopping an execution stops the tasks of all branches', async () => {
    const stop = new AbortController();
    const aborted: boolean[] = [];
    const running = run(aDefinition({ Both: parallel([branch({ A: aTask() }), branch({ B: aTask() })]) }), {
      signal: stop.signal,
      invoke: async (_args, { signal }) => {
        signal.addEventListener('abort', () => aborted.push(true));
        if (aborted.length === 0) setTimeout(() => stop.abort(new StopReason('E', 'c')), 1);
        return new Promise(() => undefined);
      },
    });
    const { end, types } = await running;
    expect(end).toEqual({ status: 'ABORTED', error: 'E', cause: 'c' });
    expect(aborted).toEqual([true, true]);
    expect(types.at(-1)).toBe('ExecutionAborted');
    expect(types).not.toContain('ParallelStateFailed');
  });

  it('Every state of a branch is a state transition', async () => {
    let transitions = 0;
    await run(aDefinition({ Both: parallel([branch({ A: pass(1) }), branch({ B: pass(1) })]) }), {
      clock: simulatedClock(),
      transitionDelayMs: () => {
        transitions += 1;
        return 0;
      },
    });
    expect(transitions).toBe(3);
  });
});
