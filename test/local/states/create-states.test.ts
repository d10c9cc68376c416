import { afterEach, describe, expect, it } from '@jest/globals';

import { createQuotas } from '../../../lib/local/quotas/quotas.js';
import { simulatedClock } from '../simulated-clock.js';
import { aDefinition, aTask, endless } from './a-machine.js';
import { closeOpened, open } from './open-states.js';

afterEach(closeOpened);

describe('StartExecution', () => {
  it('`StartExecution` runs an execution to its end, and `DescribeExecution` describes it', async () => {
    const { call, ended, machineArn } = await open();
    const started = await call('StartExecution', {
      stateMachineArn: machineArn,
      name: 'one',
      input: '{"a":1}',
    });
    expect(started).toEqual({
      executionArn: 'arn:aws:states:eu-central-1:123456789012:execution:machine:one',
      startDate: expect.any(Number),
    });
    expect(await ended(started.executionArn)).toMatchObject({
      name: 'one',
      status: 'SUCCEEDED',
      startDate: started.startDate,
      stopDate: expect.any(Number),
      input: '{"a":1}',
      output: '{"a":1}',
    });
  });

  it('`StartExecution` returns the running execution for the same name and input, and refuses another input', async () => {
    const { call, machineArn: stateMachineArn } = await open({ definition: endless });
    const request = { stateMachineArn, name: 'one', input: '{"a":1}' };
    const [first, second] = await Promise.all([
      call('StartExecution', request),
      call('StartExecution', request),
    ]);
    expect(second).toEqual(first);
    await expect(call('StartExecution', { ...request, input: '{}' })).rejects.toThrow(
      'Execution Already Exists',
    );
  });

  it('`StartExecution` refuses the name of an ended execution, also with the same input', async () => {
    const { call, ended, machineArn: stateMachineArn } = await open();
    const { executionArn } = await call('StartExecution', { stateMachineArn, name: 'one' });
    await ended(executionArn);
    await expect(call('StartExecution', { stateMachineArn, name: 'one' })).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
      message: `Execution Already Exists: '${String(executionArn)}'`,
    });
  });

  it.each([
    ['a name with a colon', { name: 'a:b' }, 'InvalidName'],
    ['a name of 81 characters', { name: 'a'.repeat(81) }, 'InvalidName'],
    ['an input that is no JSON', { input: '{' }, 'InvalidExecutionInput'],
    ['an input of more than 262,144 bytes', { input: `"${'x'.repeat(262_143)}"` }, 'ValidationException'],
    ['a member it does not know', { other: 1 }, 'ValidationException'],
    ['something that is no ARN', { stateMachineArn: 'machine' }, 'InvalidArn'],
    [
      'a machine that does not exist',
      { stateMachineArn: 'arn:aws:states:eu-central-1:123456789012:stateMachine:none' },
      'StateMachineDoesNotExist',
    ],
  ])('`StartExecution` refuses %s', async (_what, member, code) => {
    const { call, machineArn: stateMachineArn } = await open();
    await expect(call('StartExecution', { stateMachineArn, ...member })).rejects.toMatchObject({
      name: code,
    });
  });

  it('Two hundred concurrent executions each have their own output', async () => {
    const place = await open({
      definition: aDefinition({
        Call: aTask({ Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' }, Next: 'Again' }),
        Again: { Type: 'Wait', Seconds: 0, Next: 'Last' },
        Last: { Type: 'Pass', Output: '{% $states.input.Payload %}', End: true },
      }),
      invoke: async (_name, payload) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return { payload, requestId: 'r' };
      },
    });
    const outputs = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const input = String(index);
        const started = await place.call('StartExecution', { stateMachineArn: place.machineArn, input });
        return (await place.ended(started.executionArn)).output;
      }),
    );
    expect(outputs).toEqual(Array.from({ length: 200 }, (_, index) => String(index)));
  });
});

describe('State transitions over the rate of the account', () => {
  it('State transitions of all executions share the rate, and are delayed until it allows them', async () => {
    const clock = simulatedClock();
    const quotas = createQuotas('aws-new-account', { region: 'eu-central-1', clock });
    const { call, ended, machineArn } = await open({ overrides: { clock, quotas } });
    const startedAtMs = clock.now();
    const executions = await Promise.all(
      Array.from({ length: 300 }, () => call('StartExecution', { stateMachineArn: machineArn })),
    );
    for (const { executionArn } of executions) {
      expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
    }
    // The token bucket holds 100 transitions, and is refilled with 100 per second.
    expect(clock.now() - startedAtMs).toBe(2_000);
  });
});

describe('StopExecution', () => {
  it('`StopExecution` aborts an execution with its error and cause', async () => {
    const { call, machineArn: stateMachineArn } = await open({ definition: endless });
    const { executionArn } = await call('StartExecution', { stateMachineArn });
    const { stopDate } = await call('StopExecution', { executionArn, error: 'Mine', cause: 'why' });
    const described = await call('DescribeExecution', { executionArn });
    expect(described).toMatchObject({ status: 'ABORTED', error: 'Mine', cause: 'why', stopDate });
    const { events } = await call('GetExecutionHistory', { executionArn, reverseOrder: true, maxResults: 1 });
    expect(events).toEqual([
      {
        id: 3,
        previousEventId: 0,
        type: 'ExecutionAborted',
        timestamp: expect.any(Number),
        executionAbortedEventDetails: { error: 'Mine', cause: 'why' },
      },
    ]);
  });

  it('`StopExecution` does not change an ended execution', async () => {
    const { call, ended, machineArn: stateMachineArn } = await open();
    const { executionArn } = await call('StartExecution', { stateMachineArn });
    const before = await ended(executionArn);
    expect(await call('StopExecution', { executionArn })).toEqual({ stopDate: before.stopDate });
    expect(await call('DescribeExecution', { executionArn })).toEqual(before);
  });
});

describe('GetExecutionHistory', () => {
  const definition = aDefinition({
    First: { Type: 'Pass', Assign: { a: 1 }, Next: 'Last' },
    Last: { Type: 'Succeed' },
  });

  it('`GetExecutionHistory` returns pages of events in both directions', async () => {
    const { call, ended, machineArn: stateMachineArn } = await open({ definition });
    const { executionArn } = await call('StartExecution', { stateMachineArn });
    await ended(executionArn);
    const read = async (reverseOrder: boolean) => {
      const ids: number[] = [];
      let nextToken: string | undefined;
      do {
        const page = await call('GetExecutionHistory', {
          ...{ executionArn, reverseOrder, maxResults: 4 },
          ...(nextToken !== undefined && { nextToken }),
        });
        ids.push(...page.events.map(({ id }) => id));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return ids;
    };
    expect(await read(false)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await read(true)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('`GetExecutionHistory` returns the events of a running execution', async () => {
    const { call, machineArn: stateMachineArn } = await open({ definition: endless });
    const { executionArn } = await call('StartExecution', { stateMachineArn });
    const { events } = await call('GetExecutionHistory', { executionArn });
    expect(events.map(({ type }) => type)).toEqual(['ExecutionStarted', 'WaitStateEntered']);
  });

  it('`GetExecutionHistory` leaves out execution data with includeExecutionData: false', async () => {
    const { call, ended, machineArn: stateMachineArn } = await open({ definition });
    const { executionArn } = await call('StartExecution', { stateMachineArn });
    await ended(executionArn);
    const { events } = await call('GetExecutionHistory', { executionArn, includeExecutionData: false });
    expect(JSON.stringify(events)).not.toMatch(/input|output|assigned/i);
    expect(events[1]).toMatchObject({ stateEnteredEventDetails: { name: 'First' } });
  });
});

describe('ListExecutions', () => {
  it('`ListExecutions` returns the newest executions first, page by page, by status', async () => {
    let nowMs = 1_000;
    const clock = { now: () => (nowMs += 10), sleep: () => new Promise<void>(() => undefined) };
    const definition = aDefinition({
      Choose: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input.fail %}', Next: 'Broken' }],
        Default: 'Fine',
      },
      Broken: { Type: 'Fail', Error: 'E' },
      Fine: { Type: 'Succeed' },
    });
    const { call, ended, machineArn: stateMachineArn } = await open({ definition, overrides: { clock } });
    for (const name of ['a', 'b', 'c', 'd']) {
      const input = JSON.stringify({ fail: name === 'b' });
      await ended((await call('StartExecution', { stateMachineArn, name, input })).executionArn);
    }
    const names = ({ executions }: { executions: readonly { name: string }[] }) =>
      executions.map(({ name }) => name);
    const page = await call('ListExecutions', { stateMachineArn, maxResults: 3 });
    expect(names(page)).toEqual(['d', 'c', 'b']);
    const rest = await call('ListExecutions', { stateMachineArn, maxResults: 3, nextToken: page.nextToken });
    expect([names(rest), rest.nextToken]).toEqual([['a'], undefined]);
    expect(names(await call('ListExecutions', { stateMachineArn, statusFilter: 'FAILED' }))).toEqual(['b']);
    const good = await call('ListExecutions', { stateMachineArn, statusFilter: 'SUCCEEDED', maxResults: 3 });
    expect([names(good), good.nextToken]).toEqual([['d', 'c', 'a'], undefined]);
  });
});

describe('Status changes', () => {
  it('Status changes from RUNNING to the end are sent to the default bus', async () => {
    const {
      call,
      ended,
      events,
      machineArn: stateMachineArn,
    } = await open({
      definition: aDefinition({ Only: { Type: 'Fail', Error: 'E', Cause: 'why' } }),
    });
    const { executionArn, startDate } = await call('StartExecution', { stateMachineArn, input: '{"a":1}' });
    const { stopDate } = await ended(executionArn);
    while (events.length < 2) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(events.map(({ detail }) => (JSON.parse(detail) as { status: string }).status)).toEqual([
      'RUNNING',
      'FAILED',
    ]);
    expect(events[1]).toMatchObject({
      source: 'aws.states',
      detailType: 'Step Functions Execution Status Change',
      resources: [executionArn],
    });
    expect(JSON.parse(events[1]?.detail ?? '')).toMatchObject({
      executionArn,
      stateMachineArn,
      status: 'FAILED',
      startDate: Math.round(Number(startDate) * 1_000),
      stopDate: Math.round(Number(stopDate) * 1_000),
      input: '{"a":1}',
      inputDetails: { included: true },
      output: null,
      error: 'E',
      cause: 'why',
    });
  });
});
