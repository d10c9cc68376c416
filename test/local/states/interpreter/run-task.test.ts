import { describe, expect, it } from '@jest/globals';

import { StateError } from '../../../../lib/local/states/interpreter/state-error.js';
import { simulatedClock } from '../../simulated-clock.js';
import { aDefinition, aTask, anIntegration, run } from '../a-machine.js';

function failing(error: string, times = Number.POSITIVE_INFINITY) {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= times) throw new StateError(error, `no ${calls}`);
    return { Payload: calls };
  };
}

const pass = { Type: 'Pass', End: true };

describe('a Task state', () => {
  it('A Task state records the history events of the service, in order and with their details', async () => {
    const definition = aDefinition({
      Call: aTask({
        Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
        TimeoutSeconds: 30,
        Assign: { got: '{% $states.result.Payload %}' },
        Output: '{% $states.result.Payload.a %}',
      }),
    });
    const { end, events, types } = await run(definition, {
      input: { n: 1 },
      invoke: async () => ({ Payload: { a: [1] } }),
    });
    expect(end).toEqual({ status: 'SUCCEEDED', output: '[1]' });
    expect(types).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events.map(({ id, previousEventId }) => [id, previousEventId])).toEqual([
      [1, 0],
      [2, 0],
      [3, 2],
      [4, 3],
      [5, 4],
      [6, 5],
      [7, 6],
    ]);
    const [, entered, scheduled, started, succeeded, exited, ended] = events;
    expect(entered?.stateEnteredEventDetails).toEqual({
      name: 'Call',
      input: '{"n":1}',
      inputDetails: { truncated: false },
    });
    expect(scheduled?.taskScheduledEventDetails).toEqual({
      resourceType: 'lambda',
      resource: 'invoke',
      region: 'eu-central-1',
      parameters: '{"FunctionName":"f","Payload":{"n":1}}',
      timeoutInSeconds: 30,
    });
    expect(started?.taskStartedEventDetails).toEqual({ resourceType: 'lambda', resource: 'invoke' });
    expect(succeeded?.taskSucceededEventDetails).toMatchObject({ output: '{"Payload":{"a":[1]}}' });
    expect(exited?.stateExitedEventDetails).toMatchObject({
      output: '[1]',
      assignedVariables: { got: '{"a":[1]}' },
    });
    expect(ended?.executionSucceededEventDetails).toMatchObject({ output: '[1]' });
  });

  it('A Task state without Output has its result as output', async () => {
    const { end } = await run(aDefinition({ Call: aTask() }), { invoke: async () => ({ Payload: 1 }) });
    expect(end).toEqual({ status: 'SUCCEEDED', output: '{"Payload":1}' });
  });

  it('A Task state ends the execution with an error that nothing catches, and with the cause of the integration', async () => {
    const { end, types } = await run(aDefinition({ Call: aTask() }), { invoke: failing('Boom') });
    expect(end).toEqual({ status: 'FAILED', error: 'Boom', cause: 'no 1' });
    expect(types.slice(-2)).toEqual(['TaskFailed', 'ExecutionFailed']);
  });

  it('A Task state retries with growing delays, counts each Retrier separately and sets RetryCount', async () => {
    const errors = ['A', 'B', 'A', 'A'];
    const counts: unknown[] = [];
    const clock = simulatedClock();
    const definition = aDefinition({
      Call: aTask({
        Arguments: { FunctionName: 'f', Payload: '{% $states.context.State.RetryCount %}' },
        Retry: [
          { ErrorEquals: ['A'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 3, MaxDelaySeconds: 10 },
          { ErrorEquals: ['States.ALL'] },
        ],
      }),
    });
    const { end, types } = await run(definition, {
      clock,
      invoke: async ({ Payload }) => {
        counts.push(Payload);
        const error = errors.shift();
        if (error !== undefined) throw new StateError(error);
        return 'fine';
      },
    });
    expect(end).toEqual({ status: 'SUCCEEDED', output: '"fine"' });
    expect(counts).toEqual([0, 1, 2, 3, 4]);
    expect(clock.sleeps).toEqual([2_000, 1_000, 6_000, 10_000]);
    expect(types.filter((type) => type === 'TaskScheduled')).toHaveLength(5);
  });

  it('A Task state multiplies a delay with full jitter by a random number', async () => {
    const clock = simulatedClock();
    const Retry = [{ ErrorEquals: ['A'], IntervalSeconds: 8, JitterStrategy: 'FULL', MaxAttempts: 1 }];
    await run(aDefinition({ Call: aTask({ Retry }) }), {
      clock,
      random: () => 0.25,
      invoke: failing('A', 1),
    });
    expect(clock.sleeps).toEqual([2_000]);
  });

  it("A Task state goes to a Catcher once its retries are used up, with the Catcher's output and assignments", async () => {
    const definition = aDefinition({
      Call: aTask({
        Retry: [{ ErrorEquals: ['A'], MaxAttempts: 1 }],
        Catch: [
          { ErrorEquals: ['B'], Next: 'Wrong' },
          {
            ErrorEquals: ['A'],
            Next: 'Caught',
            Assign: { why: '{% $states.errorOutput.Cause %}' },
            Output: { error: '{% $states.errorOutput.Error %}' },
          },
        ],
      }),
      Wrong: pass,
      Caught: { ...pass, Output: '{% [$states.input.error, $why] %}' },
    });
    const { end, types, events } = await run(definition, { invoke: failing('A') });
    expect(end).toEqual({ status: 'SUCCEEDED', output: '["A","no 2"]' });
    expect(types).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      ...['TaskScheduled', 'TaskStarted', 'TaskFailed', 'TaskScheduled', 'TaskStarted', 'TaskFailed'],
      'TaskStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events[8]?.stateExitedEventDetails).toMatchObject({
      output: '{"error":"A"}',
      assignedVariables: { why: '"no 2"' },
    });
  });

  it('A Task state passes the error and its cause to the next state when its Catcher has no Output', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const { end } = await run(aDefinition({ Call: aTask({ Catch }), Caught: pass }), {
      invoke: failing('A'),
    });
    expect(end).toEqual({ status: 'SUCCEEDED', output: '{"Error":"A","Cause":"no 1"}' });
  });

  it.each([
    ['States.TaskFailed', 'Anything', true],
    ['States.TaskFailed', 'States.Timeout', false],
    ['States.TaskFailed', 'States.Runtime', false],
    ['States.ALL', 'States.Timeout', true],
    ['States.ALL', 'States.DataLimitExceeded', false],
    ['States.ALL', 'States.Runtime', false],
    ['States.DataLimitExceeded', 'States.DataLimitExceeded', true],
    ['States.Runtime', 'States.Runtime', false],
    ['Other', 'Anything', false],
  ])('A Task state with a Catcher of %s and the error %s goes to it: %s', async (listed, error, caught) => {
    const Catch = [{ ErrorEquals: [listed], Next: 'Caught' }];
    const { end } = await run(aDefinition({ Call: aTask({ Catch }), Caught: pass }), {
      invoke: failing(error),
    });
    expect(end.status).toBe(caught ? 'SUCCEEDED' : 'FAILED');
  });

  it('A Task state times out after the seconds of its expression, and aborts the call', async () => {
    let aborted = false;
    const { end, types, seconds, events } = await run(
      aDefinition({ Call: aTask({ TimeoutSeconds: '{% $states.input.limit %}' }) }),
      {
        input: { limit: 90 },
        invoke: (_args, { signal }) =>
          new Promise(() => signal.addEventListener('abort', () => void (aborted = true))),
      },
    );
    expect(end).toEqual({ status: 'FAILED', error: 'States.Timeout' });
    expect(types.slice(-2)).toEqual(['TaskTimedOut', 'ExecutionFailed']);
    expect(events.at(-2)?.taskTimedOutEventDetails).toMatchObject({ error: 'States.Timeout' });
    expect(seconds).toBe(90);
    expect(aborted).toBe(true);
  });

  it('A Task state catches arguments that cannot be evaluated, before anything is scheduled', async () => {
    const Catch = [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'Caught' }];
    const Arguments = { FunctionName: 'f', Payload: { ids: ['{% $states.input.missing %}'] } };
    const { end, types, events } = await run(
      aDefinition({ Call: aTask({ Arguments, Catch }), Caught: pass }),
    );
    const cause =
      "The JSONata expression '$states.input.missing' specified for the field 'Arguments/Payload/ids[0]' returned nothing (undefined).";
    expect(types.slice(1, 4)).toEqual(['TaskStateEntered', 'EvaluationFailed', 'TaskStateExited']);
    expect(events[2]?.evaluationFailedEventDetails).toEqual({
      error: 'States.QueryEvaluationError',
      cause,
      location: 'Arguments/Payload/ids[0]',
      state: 'Call',
    });
    expect(end).toEqual({
      status: 'SUCCEEDED',
      output: JSON.stringify({
        Error: 'States.QueryEvaluationError',
        Cause: `An error occurred while executing the state 'Call' (entered at the event id #2). ${cause}`,
      }),
    });
  });

  it('A Task state catches an output that cannot be evaluated, after the task succeeded', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const Output = '{% $states.result.none %}';
    const { end, types } = await run(aDefinition({ Call: aTask({ Output, Catch }), Caught: pass }));
    expect(end.status).toBe('SUCCEEDED');
    expect(types.slice(4, 7)).toEqual(['TaskSucceeded', 'EvaluationFailed', 'TaskStateExited']);
  });

  it('A Task state ends the execution when a Catcher itself cannot be evaluated', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught', Output: '{% $missing %}' }];
    const { end, events } = await run(aDefinition({ Call: aTask({ Catch }), Caught: pass }), {
      invoke: failing('A'),
    });
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(events.at(-2)?.evaluationFailedEventDetails?.location).toBe('Catch[0]/Output');
  });

  it.each([
    ['arguments', 'Arguments', { FunctionName: 'f', Payload: '{% $pad("", 262144, "x") %}' }],
    ['output', 'Output', '{% $pad("", 262144, "x") %}'],
  ])(
    'A Task state fails with %s over the size limit, which States.ALL does not catch',
    async (_what, field, value) => {
      const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
      const { end } = await run(aDefinition({ Call: aTask({ [field]: value, Catch }), Caught: pass }));
      expect(end).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    },
  );

  it('A Task state fails as a failed task when its result is over the size limit', async () => {
    const { end, types } = await run(aDefinition({ Call: aTask() }), {
      invoke: async () => 'x'.repeat(262_143),
    });
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(types.slice(-2)).toEqual(['TaskFailed', 'ExecutionFailed']);
  });

  it('A Task state refuses evaluated arguments that the integration does not have', async () => {
    const { end } = await run(aDefinition({ Call: aTask({ Arguments: '{% {"Other": 1} %}' }) }), {
      integrations: { 'lambda:invoke': anIntegration(async () => 1, { optional: ['FunctionName'] }) },
    });
    expect(end).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The field "Other" is not supported by Step Functions',
    });
  });
});
