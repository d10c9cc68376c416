import { describe, expect, it } from '@jest/globals';

import { systemClock } from '../../../../lib/local/clock.js';
import { StopReason } from '../../../../lib/local/states/interpreter/run-machine.js';
import { StateError } from '../../../../lib/local/states/interpreter/state-error.js';
import { simulatedClock } from '../../simulated-clock.js';
import { aDefinition, aTask, run } from '../a-machine.js';

const done = { Type: 'Succeed' };

describe('Variables', () => {
  it('Variables are assigned all at once, from the values at entry, and Output still has the old ones', async () => {
    const { end } = await run(
      aDefinition({
        First: { Type: 'Pass', Assign: { a: 1, b: 2 }, Next: 'Swap' },
        Swap: {
          Type: 'Pass',
          Assign: { a: '{% $b %}', b: '{% $a %}' },
          Output: '{% [$a, $b] %}',
          Next: 'Last',
        },
        Last: { Type: 'Pass', Output: '{% {"old": $states.input, "new": [$a, $b]} %}', End: true },
      }),
    );
    expect(end).toEqual({ status: 'SUCCEEDED', output: '{"old":[1,2],"new":[2,1]}' });
  });

  it('Variables of more than 256 KiB in one Assign end the execution', async () => {
    const Assign = { a: '{% $pad("", 140000, "x") %}', b: '{% $pad("", 140000, "x") %}' };
    const { end } = await run(aDefinition({ Only: { Type: 'Pass', Assign, End: true } }));
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});

describe('A state transition over the rate of the account', () => {
  it('A state transition over the rate is delayed at each state and at each retry, and the execution succeeds', async () => {
    const delaysMs = [0, 1_000, 4_000, 500];
    let attempts = 0;
    const { end, seconds, types } = await run(
      aDefinition({
        First: { Type: 'Pass', Next: 'Call' },
        Call: aTask({
          Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10, MaxAttempts: 1 }],
          Next: 'Last',
        }),
        Last: { Type: 'Pass', End: true },
      }),
      {
        transitionDelayMs: () => delaysMs.shift() ?? NaN,
        invoke: async () => {
          attempts += 1;
          if (attempts === 1) throw new StateError('Lambda.TooManyRequestsException', 'Rate Exceeded.');
          return { Payload: 'done' };
        },
      },
    );
    expect(end.status).toBe('SUCCEEDED');
    expect(seconds).toBe(10 + 5.5);
    expect(types.filter((type) => type.endsWith('Entered'))).toHaveLength(3);
    expect(delaysMs).toEqual([]);
  });

  it('An execution whose state transition is delayed can be stopped', async () => {
    const stop = new AbortController();
    const definition = aDefinition({ Only: { Type: 'Pass', End: true } });
    const running = run(definition, {
      signal: stop.signal,
      clock: systemClock,
      transitionDelayMs: () => 3_600_000,
    });
    stop.abort(new StopReason('Enough'));
    expect((await running).end).toEqual({ status: 'ABORTED', error: 'Enough' });
  });
});

describe('A Wait state', () => {
  it('A Wait state waits for the seconds of its expression', async () => {
    const Wait = {
      Type: 'Wait',
      Seconds: '{% $states.input.s %}',
      Assign: { a: 1 },
      Output: '{% $millis() %}',
      End: true,
    };
    const { end, seconds, types } = await run(aDefinition({ Wait }), { input: { s: 7_200 } });
    expect(seconds).toBe(7_200);
    expect(end).toEqual({ status: 'SUCCEEDED', output: String(Date.parse('2030-01-01T02:00:00Z')) });
    expect(types).toEqual(['ExecutionStarted', 'WaitStateEntered', 'WaitStateExited', 'ExecutionSucceeded']);
  });

  it.each([
    ['2030-01-01T00:10:00Z', 600],
    ['{% $states.input.at %}', 60],
    ['2029-01-01T00:00:00Z', 0],
  ])('A Wait state waits until %s', async (Timestamp, expected) => {
    const definition = aDefinition({ Wait: { Type: 'Wait', Timestamp, End: true } });
    const { seconds } = await run(definition, { input: { at: '2030-01-01T01:01:00+01:00' } });
    expect(seconds).toBe(expected);
  });

  it.each([
    [{ Seconds: '{% 1.5 %}' }, "specified for the field 'Seconds' returned an unexpected result type"],
    [{ Seconds: '{% "1" %}' }, "Expected 'number', but was 'string' for value: \"1\""],
    [{ Seconds: '{% -1 %}' }, 'Expected a whole number from 0 to 99999999'],
    [{ Timestamp: '{% "tomorrow" %}' }, 'Expected an RFC 3339 time'],
  ])('A Wait state fails with %j', async (field, cause) => {
    const { end } = await run(aDefinition({ Wait: { Type: 'Wait', ...field, End: true } }));
    expect(end).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining(cause),
    });
  });
});

describe('A Choice state', () => {
  const choice = (overrides: object = {}) =>
    aDefinition({
      Choose: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.n > 10 %}', Next: 'Big', Output: 'big', Assign: { how: 'rule' } },
          { Condition: '{% $states.input.n > 5 %}', Next: 'Done' },
        ],
        Default: 'Done',
        Assign: { how: 'default' },
        Output: 'small',
        ...overrides,
      },
      Big: { Type: 'Pass', Output: '{% [$states.input, $how] %}', End: true },
      Done: done,
    });

  it.each([
    [20, '["big","rule"]'],
    [7, '{"n":7}'],
    [1, '"small"'],
  ])('A Choice state takes the first rule that is true: %d', async (n, output) => {
    const { end, types } = await run(choice(), { input: { n } });
    expect(end).toEqual({ status: 'SUCCEEDED', output });
    expect(types.slice(1, 3)).toEqual(['ChoiceStateEntered', 'ChoiceStateExited']);
  });

  it('A Choice state ends the execution when no rule is true and there is no default', async () => {
    const { end } = await run(choice({ Default: undefined }), { input: { n: 1 } });
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  it('A Choice state accepts only true and false as a condition', async () => {
    const Choices = [
      { Condition: '{% $states.input.n %}', Next: 'Done' },
      { Condition: true, Next: 'Big' },
    ];
    const { end, types, events } = await run(choice({ Choices }), { input: { n: 1 } });
    expect(end).toMatchObject({ error: 'States.QueryEvaluationError' });
    expect(types.slice(-2)).toEqual(['EvaluationFailed', 'ExecutionFailed']);
    expect(events.at(-2)?.evaluationFailedEventDetails?.location).toBe('Choices[0]/Condition');
  });
});

describe('Succeed and Fail', () => {
  it('Succeed gives its output', async () => {
    const { end, types } = await run(aDefinition({ Done: { ...done, Output: { a: '{% 1 %}' } } }));
    expect(end).toEqual({ status: 'SUCCEEDED', output: '{"a":1}' });
    expect(types).toEqual([
      'ExecutionStarted',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('Fail gives its error and cause as they are', async () => {
    const Fail = { Type: 'Fail', Error: '{% $states.input.code %}', Cause: 'because' };
    const { end, types, events } = await run(aDefinition({ Fail }), { input: { code: 'Mine' } });
    expect(end).toEqual({ status: 'FAILED', error: 'Mine', cause: 'because' });
    expect(types).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
    expect(events[2]?.executionFailedEventDetails).toEqual({ error: 'Mine', cause: 'because' });
  });

  it('Fail needs no error and no cause', async () => {
    const { end } = await run(aDefinition({ Fail: { Type: 'Fail' } }));
    expect(end).toEqual({ status: 'FAILED' });
  });
});

describe('An execution', () => {
  const loop = aDefinition({
    Wait: { Type: 'Wait', Seconds: 1, Next: 'Pass' },
    Pass: { Type: 'Pass', Next: 'Wait' },
  });

  it('An execution fails at 25,000 events, the last of which is its end', async () => {
    const { end, events } = await run(loop);
    expect(end).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    expect(events).toHaveLength(25_000);
    expect(events.at(-1)).toMatchObject({ id: 25_000, previousEventId: 24_999, type: 'ExecutionFailed' });
  });

  it('An execution times out after the seconds of its machine, in a wait or in a task', async () => {
    const Wait = { Type: 'Wait', Seconds: 100, Next: 'Call' };
    for (const [TimeoutSeconds, last] of [
      [60, 'WaitStateEntered'],
      [160, 'TaskStarted'],
    ] as const) {
      const definition = aDefinition({ Wait, Call: aTask() }, { TimeoutSeconds });
      const { end, types, seconds, events } = await run(definition, {
        invoke: () => new Promise(() => undefined),
      });
      expect(end).toEqual({ status: 'TIMED_OUT' });
      expect(seconds).toBe(TimeoutSeconds);
      expect(types.slice(-2)).toEqual([last, 'ExecutionTimedOut']);
      expect(events.at(-1)).toMatchObject({
        previousEventId: 0,
        executionTimedOutEventDetails: { error: 'States.Timeout' },
      });
    }
  });

  it('An execution is aborted in a task, whose Catch does not run', async () => {
    const stop = new AbortController();
    let signalled = false;
    const { end, types } = await run(
      aDefinition({
        Call: aTask({
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }],
          Retry: [{ ErrorEquals: ['States.ALL'] }],
        }),
        Done: done,
      }),
      {
        signal: stop.signal,
        invoke: (_args, { signal }) => {
          signal.addEventListener('abort', () => void (signalled = true));
          setImmediate(() => stop.abort(new StopReason('Mine', 'why')));
          return new Promise(() => undefined);
        },
      },
    );
    expect(end).toEqual({ status: 'ABORTED', error: 'Mine', cause: 'why' });
    expect(types.slice(-2)).toEqual(['TaskStarted', 'ExecutionAborted']);
    expect(signalled).toBe(true);
  });

  it('An execution leaves no timer behind', async () => {
    const clock = simulatedClock();
    const TimeoutSeconds = 1_000;
    const { seconds } = await run(aDefinition({ Call: aTask({ TimeoutSeconds }) }, { TimeoutSeconds }), {
      clock,
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([seconds, clock.now()]).toEqual([0, Date.parse('2030-01-01T00:00:00Z')]);
  });
});
