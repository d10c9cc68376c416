import { afterEach, describe, expect, it } from '@jest/globals';

import { openTestPlaceContext } from '../test-place-context.js';
import { endless } from './a-machine.js';
import { closeOpened, open, openStates } from './open-states.js';

afterEach(closeOpened);

describe('The end of the local AWS', () => {
  it('Closing ends running executions with a cause that says so', async () => {
    const { call, states, events, machineArn: stateMachineArn } = await open({ definition: endless });
    const { executionArn } = await call('StartExecution', { stateMachineArn });
    await states.close();
    expect(await call('DescribeExecution', { executionArn })).toMatchObject({
      status: 'ABORTED',
      cause: 'The local AWS was stopped while this execution ran.',
    });
    expect(events).toHaveLength(2);
    await expect(call('StartExecution', { stateMachineArn })).rejects.toMatchObject({
      name: 'ServiceUnavailable',
    });
  });

  it('Closing the local Step Functions aborts an execution whose StartExecution has not returned yet', async () => {
    const { call, states, machineArn: stateMachineArn } = await open({ definition: endless });
    const starting = call('StartExecution', { stateMachineArn, name: 'one' });
    while ((await call('ListExecutions', { stateMachineArn })).executions.length === 0);
    await states.close();
    const { executionArn } = await starting;
    expect(await call('DescribeExecution', { executionArn })).toMatchObject({ status: 'ABORTED' });
  });

  it('An execution that cannot be recorded is not started', async () => {
    const { call, context, events, machineArn: stateMachineArn } = await open();
    await context.store.close();
    await expect(call('StartExecution', { stateMachineArn })).rejects.toMatchObject({
      name: 'InternalFailure',
    });
    expect(events).toEqual([]);
  });

  it('After a kill, running executions are ended, and machines, executions and histories are kept', async () => {
    const context = await openTestPlaceContext();
    const killed = await openStates({ context, definition: endless });
    const { executionArn } = await killed.call('StartExecution', {
      stateMachineArn: killed.machineArn,
      name: 'one',
    });
    await killed.call('GetExecutionHistory', { executionArn });
    const place = await open({ context, definition: endless });
    expect(await place.call('DescribeExecution', { executionArn })).toMatchObject({
      status: 'ABORTED',
      cause: 'The local AWS was stopped while this execution ran.',
    });
    const { events } = await place.call('GetExecutionHistory', { executionArn });
    expect(events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'ExecutionAborted',
    ]);
    expect(place.events.map(({ detail }) => (JSON.parse(detail) as { status: string }).status)).toEqual([
      'ABORTED',
    ]);
    await killed.states.close();
  });
});
