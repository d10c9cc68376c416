import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionDoesNotExist,
  type ExecutionStatus,
  type SFNClient,
} from '@aws-sdk/client-sfn';

/** An execution that is over. */
export interface ExecutionEnd {
  readonly executionArn: string;
  /** `MISSING`: Step Functions does not know it. */
  readonly status: Exclude<ExecutionStatus, 'RUNNING' | 'PENDING_REDRIVE'> | 'MISSING';
  readonly startedAt: Date;
  readonly stoppedAt: Date;
  /** Its input and output parsed, `undefined` when there is none or it is not JSON. */
  readonly request: unknown;
  readonly output: unknown;
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

/** @returns `undefined` while the execution goes on */
export async function describeExecution(
  sfn: SFNClient,
  executionArn: string,
  now: Date,
): Promise<ExecutionEnd | undefined> {
  const found = await describe(sfn, executionArn);
  const status = found === undefined ? 'MISSING' : (found.status ?? 'RUNNING');
  if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return undefined;
  return {
    executionArn,
    status,
    startedAt: found?.startDate ?? now,
    stoppedAt: found?.stopDate ?? now,
    request: jsonOrUndefined(found?.input),
    output: jsonOrUndefined(found?.output),
    error: found?.error,
    cause: found?.cause,
  };
}

async function describe(
  sfn: SFNClient,
  executionArn: string,
): Promise<DescribeExecutionCommandOutput | undefined> {
  try {
    return await sfn.send(new DescribeExecutionCommand({ executionArn }));
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

function jsonOrUndefined(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
