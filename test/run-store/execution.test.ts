import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { describeExecution, startExecution } from '../../lib/run-store/execution.js';
import { aRunRequest } from '../contract/builders.js';

const states = mockClient(SFNClient);
const stateMachineArn = 'arn:aws:states:eu-west-1:000000000000:stateMachine:codeseeder-demo';
const executionArn = 'arn:aws:states:eu-west-1:000000000000:execution:codeseeder-demo:run-1';
const start = () => startExecution(aRunRequest(), { sfn: new SFNClient({}), stateMachineArn });

beforeEach(() => {
  states.reset();
});

describe('describeExecution', () => {
  it('An execution that does not exist is MISSING', async () => {
    states.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist({ $metadata: {}, message: 'no' }));

    await expect(describeExecution(new SFNClient({}), executionArn)).resolves.toEqual({
      executionArn,
      status: 'MISSING',
    });
  });

  it('Any other error is thrown', async () => {
    states.on(DescribeExecutionCommand).rejects(new Error('down'));

    await expect(describeExecution(new SFNClient({}), executionArn)).rejects.toThrow('down');
  });
});

describe('startExecution', () => {
  it('The execution has the name of the run and its request as input', async () => {
    states.on(StartExecutionCommand).resolves({});

    await expect(start()).resolves.toBe(executionArn);
    expect(states.commandCalls(StartExecutionCommand)[0]?.args[0].input).toEqual({
      stateMachineArn,
      name: 'run-1',
      input: JSON.stringify(aRunRequest()),
    });
  });

  it.each([
    [
      'with its members in another order',
      JSON.stringify(Object.fromEntries(Object.entries(aRunRequest()).reverse())),
    ],
    ['byte for byte', JSON.stringify(aRunRequest())],
  ])('An execution that exists with the same input %s is the one of the run', async (_, input) => {
    states
      .on(StartExecutionCommand)
      .rejects(new ExecutionAlreadyExists({ $metadata: {}, message: 'exists' }));
    states.on(DescribeExecutionCommand).resolves({ status: 'RUNNING', input });

    await expect(start()).resolves.toBe(executionArn);
  });

  it.each([undefined, '', '{', '{}', JSON.stringify(aRunRequest({ build: { timeoutMinutes: 5 } }))])(
    'An execution that exists with the input %j is a conflict',
    async (input) => {
      states
        .on(StartExecutionCommand)
        .rejects(new ExecutionAlreadyExists({ $metadata: {}, message: 'exists' }));
      states.on(DescribeExecutionCommand).resolves({ status: 'RUNNING', input });

      await expect(start()).rejects.toMatchObject({
        code: 'RunIdConflict',
        message: expect.stringMatching(/run-1 .*RUNNING.*another run id/),
      });
    },
  );
});
