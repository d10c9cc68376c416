import { describe, expect, it } from '@jest/globals';

import { TaskTokens } from '../../../../lib/local/states/interpreter/task-tokens.js';
import type { JsonObject } from '../../../../lib/local/resources/resource-provider.js';
import { simulatedClock } from '../../simulated-clock.js';
import { aDefinition, aTask, run } from '../a-machine.js';

const waitForToken = (overrides: Record<string, unknown> = {}) =>
  aTask({
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: { FunctionName: 'f', Payload: { token: '{% $states.context.Task.Token %}' } },
    ...overrides,
  });

const tokenOf = (args: JsonObject) => (args['Payload'] as { token: string }).token;

describe('A task that waits for its token', () => {
  it('A task that waits for its token succeeds with the output that was sent, not with that of its function', async () => {
    const tokens = new TaskTokens();
    const clock = simulatedClock();
    const { end, types, events, seconds } = await run(aDefinition({ Task: waitForToken() }), {
      tokens,
      clock,
      invoke: async (args) => {
        void clock
          .sleep(60_000, new AbortController().signal)
          .then(() => tokens.succeed(tokenOf(args), '{"a":1}'));
        return { Payload: 'of the function' };
      },
    });
    expect(end).toEqual({ status: 'SUCCEEDED', output: '{"a":1}' });
    expect(seconds).toBe(60);
    expect(types).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events[4]?.taskSubmittedEventDetails).toEqual({
      resourceType: 'lambda',
      resource: 'invoke.waitForTaskToken',
      output: '{"Payload":"of the function"}',
      outputDetails: { truncated: false },
    });
  });

  it('A token can be returned before its function has ended', async () => {
    const tokens = new TaskTokens();
    const { end } = await run(aDefinition({ Task: waitForToken() }), {
      tokens,
      invoke: async (args) => {
        tokens.succeed(tokenOf(args), '1');
        return new Promise(() => undefined);
      },
    });
    expect(end).toEqual({ status: 'SUCCEEDED', output: '1' });
  });

  it('`SendTaskFailure` fails the task with its error, which a Catcher can match', async () => {
    const tokens = new TaskTokens();
    const Catch = [{ ErrorEquals: ['Late'], Next: 'Caught', Output: '{% $states.errorOutput %}' }];
    const states = { Task: waitForToken({ Catch }), Caught: { Type: 'Succeed' } };
    const { end, types } = await run(aDefinition(states), {
      tokens,
      invoke: async (args) => {
        tokens.fail(tokenOf(args), 'Late', 'too late');
        return {};
      },
    });
    expect(end).toEqual({ status: 'SUCCEEDED', output: '{"Error":"Late","Cause":"too late"}' });
    expect(types).toContain('TaskFailed');
  });

  it('An error of the function fails the task at once', async () => {
    const { end, seconds } = await run(aDefinition({ Task: waitForToken({ TimeoutSeconds: 60 }) }), {
      invoke: async () => {
        const { StateError } = await import('../../../../lib/local/states/interpreter/state-error.js');
        throw new StateError('Broken', 'it broke');
      },
    });
    expect(end).toEqual({ status: 'FAILED', error: 'Broken', cause: 'it broke' });
    expect(seconds).toBe(0);
  });

  it('A task whose timeout ends is entered again with another token, and the old token is of no use', async () => {
    const tokens = new TaskTokens();
    const seen: string[] = [];
    const Catch = [{ ErrorEquals: ['States.Timeout'], Next: 'Task' }];
    const states = { Task: waitForToken({ TimeoutSeconds: '{% 15 %}', Catch }) };
    const { end, seconds, types } = await run(aDefinition(states), {
      tokens,
      invoke: async (args) => {
        seen.push(tokenOf(args));
        const [first = ''] = seen;
        if (seen.length === 3) {
          expect(tokens.succeed(first, '0')).toBe(false);
          expect(tokens.succeed(tokenOf(args), '3')).toBe(true);
        }
        return {};
      },
    });
    expect(end).toEqual({ status: 'SUCCEEDED', output: '3' });
    expect(seconds).toBe(30);
    expect(new Set(seen).size).toBe(3);
    expect(types.filter((type) => type === 'TaskTimedOut')).toHaveLength(2);
  });

  it('A task without a heartbeat for `HeartbeatSeconds` fails, and each heartbeat restarts that time', async () => {
    const tokens = new TaskTokens();
    const clock = simulatedClock();
    const task = waitForToken({ HeartbeatSeconds: 10, TimeoutSeconds: 600 });
    const { end, seconds } = await run(aDefinition({ Task: task }), {
      tokens,
      clock,
      invoke: async (args) => {
        void clock
          .sleep(8_000, new AbortController().signal)
          .then(() => expect(tokens.heartbeat(tokenOf(args))).toBe(true));
        return {};
      },
    });
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout' });
    expect(seconds).toBe(18);
  });

  it('A definition whose task does not wait for a token cannot have `HeartbeatSeconds`', async () => {
    await expect(run(aDefinition({ Task: aTask({ HeartbeatSeconds: 1 }) }))).rejects.toMatchObject({
      code: 'InvalidDefinition',
    });
  });
});
