import {
  boundedFailure,
  collectedOutcomeSchema,
  type FailureCode,
  isFailureCode,
  isTerminal,
  type RunChange,
  statusOfFailure,
  type TerminalStatus,
} from '../../lib/contract/index.js';
import type { ExecutionEnd } from './describe-execution.js';

/** What a record's end is, by how its execution ended without recording it. */
export function changeOfExecution(execution: ExecutionEnd): RunChange {
  const { status, error, cause } = execution;
  switch (status) {
    case 'ABORTED':
      return ended(
        'CANCELED',
        'RunCanceled',
        said(error, cause) ?? 'The execution was stopped; nobody said why.',
      );
    case 'TIMED_OUT':
      return ended(
        'TIMED_OUT',
        'RunTimedOut',
        said(error, cause) ?? 'The execution ran longer than its state machine allows.',
      );
    case 'FAILED':
      return isFailureCode(error)
        ? ended(statusOfFailure(error), error, cause ?? error)
        : ended(
            'FAILED',
            'ControlPlaneError',
            `The execution failed with ${said(error, cause) ?? 'no error'}`,
          );
    case 'SUCCEEDED':
      return changeOfOutput(execution);
    case 'MISSING':
      return ended('FAILED', 'ControlPlaneError', `There is no execution ${execution.executionArn}.`);
  }
}

function changeOfOutput({ executionArn, output }: ExecutionEnd): RunChange {
  const parsed = collectedOutcomeSchema.shape.output.safeParse(output);
  if (!parsed.success || !isTerminal(parsed.data.status)) {
    return ended(
      'FAILED',
      'ControlPlaneError',
      `The execution ${executionArn} succeeded without saying how its run ended.`,
    );
  }
  const { status, outputKey, exportedVariables } = parsed.data;
  return {
    status,
    ...(outputKey !== null && { outputKey }),
    ...(Object.keys(exportedVariables).length > 0 && { exportedVariables }),
  };
}

function ended(status: TerminalStatus, code: FailureCode, message: string): RunChange {
  return { status, failure: boundedFailure({ code, message }) };
}

function said(error: string | undefined, cause: string | undefined): string | undefined {
  const text = [error, cause].filter(Boolean).join(': ');
  return text === '' ? undefined : text;
}
