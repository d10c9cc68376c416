/** Starts, reads and stops the Step Functions execution of a run. The execution's name is the run's id. */
import { isDeepStrictEqual } from 'node:util';

import {
  DescribeExecutionCommand,
  type ExecutionListItem,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';

import {
  boundedText,
  CodeseederError,
  executionArnOf,
  type ExecutionState,
  FAILURE_MESSAGE_MAX_CHARACTERS,
  type FailureCode,
  type RunRequest,
} from '../contract/index.js';

const CANCELED: FailureCode = 'RunCanceled';

/** The most executions that ListExecutions returns in a page. */
const PAGE_SIZE = 1_000;

/** Selects executions of a state machine. */
export interface ExecutionQuery {
  readonly stateMachineArn: string;
  readonly status: 'RUNNING' | EndedStatus;
  /** Start of the oldest execution to list. */
  readonly since: Date;
  /** Awaited before each page but the first. @returns whether to read the page */
  readonly nextPage: () => Promise<boolean>;
}

/** Statuses of executions that ended and may not have recorded it. */
export const ENDED_STATUSES = ['ABORTED', 'FAILED', 'TIMED_OUT'] as const;
type EndedStatus = (typeof ENDED_STATUSES)[number];

/** Lists executions, newest first, page by page. The list is eventually consistent and may lack the last seconds. */
export async function* listExecutions(
  sfn: SFNClient,
  { stateMachineArn, status, since, nextPage }: ExecutionQuery,
): AsyncGenerator<readonly ExecutionListItem[]> {
  let nextToken: string | undefined;
  do {
    const command = new ListExecutionsCommand({
      stateMachineArn,
      statusFilter: status,
      maxResults: PAGE_SIZE,
      nextToken,
    });
    const page = await sfn.send(command);
    const { executions = [] } = page;
    const listed = executions.filter(({ startDate }) => startDate === undefined || startDate >= since);
    yield listed;
    nextToken = listed.length === executions.length ? page.nextToken : undefined;
  } while (nextToken !== undefined && (await nextPage()));
}

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

/** Stops the execution of a run. The handler `reconcile-run` then stops the build and ends the record. */
export async function stopExecution(sfn: SFNClient, executionArn: string, reason: string): Promise<void> {
  const cause = boundedText(reason, FAILURE_MESSAGE_MAX_CHARACTERS);
  await sfn.send(new StopExecutionCommand({ executionArn, error: CANCELED, cause }));
}

/** Ends the state machine's wait for a build. Does nothing when the machine no longer waits with this token. */
export async function endWait(sfn: SFNClient, taskToken: string): Promise<void> {
  await unlessWaitIsOver(sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' })));
}

/** Ends the state machine's wait for a build with a failure of the run. Does nothing when the machine no longer waits. */
export async function failWait(sfn: SFNClient, taskToken: string, failure: CodeseederError): Promise<void> {
  const { code: error, message: cause } = failure;
  await unlessWaitIsOver(sfn.send(new SendTaskFailureCommand({ taskToken, error, cause })));
}

async function unlessWaitIsOver(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!TOKEN_OF_NO_USE.some((name) => isNamed(error, name))) throw error;
  }
}

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html */
const TOKEN_OF_NO_USE = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

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
