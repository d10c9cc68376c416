/** Starts and reads the Step Functions execution of a run, and ends its waits. */
import { isDeepStrictEqual } from 'node:util';

import {
  DescribeExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';

import {
  CodeseederError,
  executionArnOf,
  type ExecutionState,
  requestOf,
  type RunRequest,
} from '../contract/index.js';

/** The state machine of a seedkit, with the client to use it. */
export interface RunMachine {
  readonly sfn: SFNClient;
  readonly stateMachineArn: string;
}

/** Reads the state of an execution. The status is `MISSING` when Step Functions has no such execution. */
export async function describeExecution(sfn: SFNClient, executionArn: string): Promise<ExecutionState> {
  try {
    const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const { status = 'RUNNING', startDate: startedAt, stopDate: stoppedAt } = found;
    const { input, output, error, cause } = found;
    return { executionArn, status, startedAt, stoppedAt, input, output, error, cause };
  } catch (error) {
    if (isNamed(error, 'ExecutionDoesNotExist')) return { executionArn, status: 'MISSING' };
    throw error;
  }
}

/**
 * Starts the execution of a run, whose name is the run's id. Repeating the call changes nothing: an existing execution
 * with the same input counts as that of the run.
 * @returns the execution's ARN
 * @throws CodeseederError `RunIdConflict` when the run id belongs to a run with another request
 */
export async function startExecution(request: RunRequest, machine: RunMachine): Promise<string> {
  const { sfn, stateMachineArn } = machine;
  const { runId: name } = request;
  const executionArn = executionArnOf(stateMachineArn, name);
  const input = JSON.stringify(request);
  try {
    await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  } catch (cause) {
    if (!isNamed(cause, 'ExecutionAlreadyExists')) throw cause;
    const existing = await describeExecution(sfn, executionArn);
    if (!isDeepStrictEqual(requestOf(existing), JSON.parse(input))) {
      throw new CodeseederError(
        'RunIdConflict',
        `The run id ${name} belongs to a run with another request (its execution is ${existing.status}). Use another run id, or attach to that run.`,
        { cause },
      );
    }
  }
  return executionArn;
}

/**
 * Stops an execution. An execution that has ended is not changed.
 * @returns false when Step Functions has no such execution
 */
export async function stopExecution(
  sfn: SFNClient,
  executionArn: string,
  reason: { readonly error: string; readonly cause: string },
): Promise<boolean> {
  try {
    await sfn.send(new StopExecutionCommand({ executionArn, ...reason }));
    return true;
  } catch (error) {
    if (isNamed(error, 'ExecutionDoesNotExist')) return false;
    throw error;
  }
}

/**
 * Ends the state machine's wait for a build or a lock. Does nothing when the machine no longer waits with this token.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
 */
export async function endWait(sfn: SFNClient, taskToken: string): Promise<void> {
  await unlessOver(sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' })));
}

/** Ends the wait with a failure of the run. Does nothing when the machine no longer waits with this token. */
export async function failWait(sfn: SFNClient, taskToken: string, failure: CodeseederError): Promise<void> {
  const { code: error, message: cause } = failure;
  await unlessOver(sfn.send(new SendTaskFailureCommand({ taskToken, error, cause })));
}

async function unlessOver(answer: Promise<unknown>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (!isNamed(error, 'TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken')) throw error;
  }
}

function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
