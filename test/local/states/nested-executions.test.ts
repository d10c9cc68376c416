import { afterEach, describe, expect, it } from '@jest/globals';

import { createQuotas } from '../../../lib/local/quotas/quotas.js';
import { aDefinition, endless } from './a-machine.js';
import { closeOpened, open, type OpenStates } from './open-states.js';

afterEach(closeOpened);

const ROLE = 'arn:aws:iam::123456789012:role/machine';
const CHILD = 'arn:aws:states:eu-central-1:123456789012:stateMachine:child';
const childRun = (name: string) => `arn:aws:states:eu-central-1:123456789012:execution:child:${name}`;
const echo = aDefinition({ P: { Type: 'Pass', Output: '{% {"got": $states.input} %}', End: true } });
const failing = aDefinition({ F: { Type: 'Fail', Error: 'Bad', Cause: 'why' } });

/** Returns a machine that starts an execution of the machine `child`. */
function starting(kind: string, overrides: Record<string, unknown> = {}, args: Record<string, unknown> = {}) {
  return aDefinition({
    Start: {
      Type: 'Task',
      Resource: `arn:aws:states:::states:startExecution${kind}`,
      Arguments: { StateMachineArn: CHILD, Input: { n: 1 }, Name: 'one', ...args },
      ...('Next' in overrides ? {} : { End: true }),
      ...overrides,
    },
    ...('Next' in overrides ? { After: { Type: 'Succeed' } } : {}),
  });
}

async function openBoth(definition: unknown, child: unknown, options: Parameters<typeof open>[0] = {}) {
  const place = await open({ definition, ...options });
  await place.call('CreateStateMachine', {
    name: 'child',
    roleArn: ROLE,
    definition: JSON.stringify(child),
  });
  return place;
}

async function runParent(place: OpenStates) {
  const { executionArn } = await place.call('StartExecution', { stateMachineArn: place.machineArn });
  const end = await place.ended(executionArn);
  return {
    executionArn,
    end,
    output: typeof end.output === 'string' ? (JSON.parse(end.output) as Record<string, unknown>) : undefined,
  };
}

const historyOf = async (place: OpenStates, executionArn: string) =>
  (await place.call('GetExecutionHistory', { executionArn })).events as readonly Record<string, unknown>[];

async function untilStarted(place: OpenStates, executionArn: string): Promise<void> {
  for (;;) {
    const events = await historyOf(place, executionArn);
    if (events.some(({ type }) => type === 'TaskSubmitted')) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe('states:startExecution', () => {
  it('`states:startExecution` returns as soon as the execution is started', async () => {
    const place = await openBoth(starting(''), endless);
    const { output } = await runParent(place);
    expect(output).toEqual({
      ExecutionArn: childRun('one'),
      StartDate: expect.any(Number),
      SdkHttpMetadata: { HttpStatusCode: 200 },
      SdkResponseMetadata: { RequestId: expect.any(String) },
    });
    expect(await place.call('DescribeExecution', { executionArn: childRun('one') })).toMatchObject({
      status: 'RUNNING',
      input: '{"n":1}',
    });
  });

  it('An Input that is a text is used as JSON, and without an Input it is an empty object', async () => {
    const asText = await openBoth(starting('.sync:2', {}, { Input: '{% "[" & "1]" %}' }), echo);
    expect((await runParent(asText)).output).toMatchObject({ Input: '[1]', Output: { got: [1] } });
    const without = await openBoth(starting('.sync:2', {}, { Input: undefined, Name: undefined }), echo);
    expect((await runParent(without)).output).toMatchObject({ Input: '{}' });
  });

  it.each([
    [
      'a machine that does not exist',
      { StateMachineArn: `${CHILD}x` },
      'StepFunctions.StateMachineDoesNotExistException',
    ],
    ['a name that exists', { Input: { n: 2 } }, 'StepFunctions.ExecutionAlreadyExistsException'],
    ['an input that is no JSON', { Input: 'x' }, 'StepFunctions.InvalidExecutionInputException'],
  ])('The task fails with an error of the service for %s', async (_what, args, error) => {
    const place = await openBoth(starting('', {}, args), endless);
    await place.call('StartExecution', { stateMachineArn: CHILD, name: 'one', input: '{"n":1}' });
    expect((await runParent(place)).end).toMatchObject({ status: 'FAILED', error });
  });

  it('Starts count against the quota of StartExecution', async () => {
    const quotas = createQuotas('aws', { region: 'eu-central-1', clock: { now: () => 0 } });
    const place = await openBoth(starting('.sync'), echo, { overrides: { quotas } });
    for (let taken = 0; taken < 800; taken += 1) {
      quotas.take({ service: 'states', operation: 'StartExecution' });
    }
    expect((await runParent(place)).end).toMatchObject({
      status: 'FAILED',
      error: 'StepFunctions.ThrottlingException',
    });
  });
});

describe('states:startExecution.sync', () => {
  it('`.sync` returns the description of the ended execution, with its output as text', async () => {
    const place = await openBoth(starting('.sync'), echo);
    const { output, executionArn } = await runParent(place);
    expect(output).toEqual({
      ExecutionArn: childRun('one'),
      StateMachineArn: CHILD,
      Name: 'one',
      Status: 'SUCCEEDED',
      StartDate: expect.any(Number),
      StopDate: expect.any(Number),
      Input: '{"n":1}',
      InputDetails: { Included: true },
      Output: '{"got":{"n":1}}',
      OutputDetails: { Included: true },
      RedriveCount: 0,
      RedriveStatus: 'NOT_REDRIVABLE',
      RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
    const { startDate } = await place.call('DescribeExecution', { executionArn: childRun('one') });
    expect(output?.StartDate).toBe(Math.round(Number(startDate) * 1_000));
    const events = await historyOf(place, executionArn);
    expect(events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events[2]?.taskScheduledEventDetails).toMatchObject({
      resourceType: 'states',
      resource: 'startExecution.sync',
    });
  });

  it('`.sync:2` returns the output as JSON', async () => {
    const place = await openBoth(starting('.sync:2'), echo);
    const { output, executionArn } = await runParent(place);
    expect(output).toMatchObject({ Status: 'SUCCEEDED', Output: { got: { n: 1 } } });
    const events = await historyOf(place, executionArn);
    expect(events[2]?.taskScheduledEventDetails).toMatchObject({
      resourceType: 'states',
      resource: 'startExecution.sync:2',
    });
  });

  it('A failed execution fails the task with States.TaskFailed and its description as cause', async () => {
    const place = await openBoth(starting('.sync:2'), failing);
    const { end } = await runParent(place);
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
    expect(JSON.parse(end.cause as string)).toMatchObject({
      ExecutionArn: childRun('one'),
      Status: 'FAILED',
      Error: 'Bad',
      Cause: 'why',
    });
  });

  it('A Catcher matches States.TaskFailed', async () => {
    const catching = { Next: 'After', Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'After' }] };
    const place = await openBoth(starting('.sync', catching), failing);
    expect((await runParent(place)).end.status).toBe('SUCCEEDED');
  });

  it('Stopping the parent stops the execution that it waits for', async () => {
    const place = await openBoth(starting('.sync'), endless);
    const { executionArn } = await place.call('StartExecution', { stateMachineArn: place.machineArn });
    await untilStarted(place, executionArn);
    await place.call('StopExecution', { executionArn });
    expect(await place.ended(childRun('one'))).toMatchObject({ status: 'ABORTED' });
  });

  it('A timeout of the task stops the execution that it waits for', async () => {
    const place = await openBoth(starting('.sync', { TimeoutSeconds: 1 }), endless);
    expect((await runParent(place)).end).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(await place.ended(childRun('one'))).toMatchObject({ status: 'ABORTED' });
  });

  it('Stopping the execution fails the task of the parent', async () => {
    const place = await openBoth(starting('.sync'), endless);
    const { executionArn } = await place.call('StartExecution', { stateMachineArn: place.machineArn });
    await untilStarted(place, executionArn);
    await place.call('StopExecution', { executionArn: childRun('one'), error: 'E', cause: 'c' });
    const end = await place.ended(executionArn);
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
    expect(JSON.parse(end.cause as string)).toMatchObject({ Status: 'ABORTED', Error: 'E', Cause: 'c' });
  });

  it('After a kill, both the parent and the execution that it waits for are aborted', async () => {
    const killed = await openBoth(starting('.sync'), endless);
    const { executionArn } = await killed.call('StartExecution', { stateMachineArn: killed.machineArn });
    await untilStarted(killed, executionArn);
    const place = await open({ context: killed.context, definition: starting('.sync') });
    for (const arn of [executionArn, childRun('one')]) {
      expect(await place.call('DescribeExecution', { executionArn: arn })).toMatchObject({
        status: 'ABORTED',
        error: 'LocalAws.Stopped',
      });
    }
  });

  it('Closing the local AWS ends an execution and the one that it started', async () => {
    const place = await openBoth(starting('.sync'), endless);
    const { executionArn } = await place.call('StartExecution', { stateMachineArn: place.machineArn });
    await untilStarted(place, executionArn);
    await place.states.close();
    for (const arn of [executionArn, childRun('one')]) {
      expect(await place.call('DescribeExecution', { executionArn: arn })).toMatchObject({
        status: 'ABORTED',
      });
    }
  });
});

describe('states:startExecution.waitForTaskToken', () => {
  it('The task ends with the token that the started execution received', async () => {
    const args = { Input: { token: '{% $states.context.Task.Token %}' } };
    const place = await openBoth(starting('.waitForTaskToken', {}, args), echo);
    const { executionArn } = await place.call('StartExecution', { stateMachineArn: place.machineArn });
    await untilStarted(place, executionArn);
    const { output } = await place.ended(childRun('one'));
    const { got } = JSON.parse(output as string) as { got: { token: string } };
    await place.call('SendTaskSuccess', { taskToken: got.token, output: '"answered"' });
    expect(await place.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"answered"' });
  });
});

describe('aws-sdk:sfn:stopExecution', () => {
  it('An execution that stops itself ends as ABORTED with its error and cause, and takes no further state', async () => {
    const place = await open({
      definition: aDefinition({
        Stop: {
          Type: 'Task',
          Resource: 'arn:aws:states:::aws-sdk:sfn:stopExecution',
          Arguments: {
            ExecutionArn: '{% $states.context.Execution.Id %}',
            Error: 'LockReplaced',
            Cause: 'why',
          },
          Next: 'After',
        },
        After: { Type: 'Succeed' },
      }),
    });
    const { executionArn, end } = await runParent(place);
    expect(end).toMatchObject({ status: 'ABORTED', error: 'LockReplaced', cause: 'why' });
    const types = (await historyOf(place, executionArn)).map(({ type }) => type);
    expect(types.at(-1)).toBe('ExecutionAborted');
    expect(types).not.toContain('SucceedStateEntered');
  });

  it('`aws-sdk:sfn:stopExecution` of an execution that does not exist fails', async () => {
    const place = await open({
      definition: aDefinition({
        Stop: {
          Type: 'Task',
          Resource: 'arn:aws:states:::aws-sdk:sfn:stopExecution',
          Arguments: { ExecutionArn: childRun('none') },
          End: true,
        },
      }),
    });
    expect((await runParent(place)).end).toMatchObject({
      status: 'FAILED',
      error: 'Sfn.ExecutionDoesNotExistException',
    });
  });
});
