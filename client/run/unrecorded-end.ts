import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';

import {
  isFailureCode,
  statusOfFailure,
  type FailureCode,
  type RunRecord,
} from '../../lib/contract/index.js';

const DAY_SECONDS = 86_400;

/** Whether an execution is over; one that is gone was over long ago. */
export function isEnded(execution: DescribeExecutionOutput | undefined): boolean {
  return (
    execution === undefined || (execution.status !== 'RUNNING' && execution.status !== 'PENDING_REDRIVE')
  );
}

/** The record a run should have, from what its execution says: for one whose end nobody recorded. */
export function recordOfExecution(
  run: {
    readonly id: string;
    readonly executionArn: string;
    readonly connection: { readonly seedkit: string };
  },
  execution: DescribeExecutionOutput | undefined,
  record: RunRecord | undefined,
): RunRecord {
  const startedAt = (execution?.startDate ?? new Date()).toISOString();
  const code = codeOf(execution);
  const message =
    execution?.cause ?? `the execution is ${execution?.status ?? 'gone'} and nobody recorded its end.`;
  return {
    runId: run.id,
    seedkit: run.connection.seedkit,
    executionArn: run.executionArn,
    queuedAt: startedAt,
    day: startedAt.slice(0, 10),
    trigger: 'CLIENT',
    expiresAt: Math.floor(Date.now() / 1_000) + DAY_SECONDS,
    ...record,
    status: statusOfFailure(code),
    failure: { code, message },
  };
}

function codeOf(execution: DescribeExecutionOutput | undefined): FailureCode {
  if (execution?.status === 'ABORTED') return 'RunCanceled';
  if (execution?.status === 'TIMED_OUT') return 'RunTimedOut';
  return isFailureCode(execution?.error) ? execution.error : 'ControlPlaneError';
}
