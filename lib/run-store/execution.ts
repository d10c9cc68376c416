/** Starts and reads the Step Functions execution of a run, and ends its wait for the build. The execution's name is the run's id. */
import { isDeepStrictEqual } from 'node:util';

import {
  DescribeExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

import { CodeseederError, executionArnOf, type ExecutionState, type RunRequest } from '../contract/index.js';

/** Reads the state of an execution. The status is `MISSING` when Step Functions has no such execution. */
export async function describeExecution(sfn: SFNClient, executionArn: string): Promise<ExecutionState> {
  try {
    const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const { startDate: startedAt, stopDate: stoppedAt, input, output, error, cause } = found;
    return {
      executionArn,
      status: found.status ?? 'RUNNING',
      startedAt,
      stoppedAt,
      input,
      output,
      error,
      cause,
    };
  } catch (error) {
    if (!isNamed(error, 'ExecutionDoesNotExist')) throw error;
    return { executionArn, status: 'MISSING' };
  }
}

/**
 * Starts the execution of a run. Repeating the call changes nothing: an existing execution with the same name and the
 * same input is taken as the run's own.
 * @returns the execution's ARN
 * @throws CodeseederError `RunIdConflict` when the run id belongs to a run with another request
 */
export async function startExecution(
  request: RunRequest,
  { sfn, stateMachineArn }: { readonly sfn: SFNClient; readonly stateMachineArn: string },
): Promise<string> {
  const { runId: name } = request;
  const executionArn = executionArnOf(stateMachineArn, name);
  const input = JSON.stringify(request);
  try {
    await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  } catch (cause) {
    if (!isNamed(cause, 'ExecutionAlreadyExists')) throw cause;
    const existing = await describeExecution(sfn, executionArn);
    if (!isSameJson(existing.input, input)) {
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
 * Ends the state machine's wait for a build, with a failure of the run if one is given. Does nothing when the machine no
 * longer waits with this token.
 */
export async function endWait(sfn: SFNClient, taskToken: string, failure?: CodeseederError): Promise<void> {
  try {
    if (failure === undefined) await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
    else {
      const { code: error, message: cause } = failure;
      await sfn.send(new SendTaskFailureCommand({ taskToken, error, cause }));
    }
  } catch (error) {
    if (!USED_TOKEN.some((name) => isNamed(error, name))) throw error;
  }
}

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html */
const USED_TOKEN = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

function isSameJson(left: string | undefined, right: string): boolean {
  try {
    return left === right || isDeepStrictEqual(JSON.parse(left ?? ''), JSON.parse(right));
  } catch {
    return false;
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
