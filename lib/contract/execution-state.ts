/**
 * Status of an execution.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
export type ExecutionStatus =
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'TIMED_OUT'
  | 'ABORTED'
  | 'PENDING_REDRIVE';

/** The execution of a run, as DescribeExecution reports it. */
export interface ExecutionState {
  readonly executionArn: string;
  /**
   * Status of the execution. `MISSING` means that Step Functions has no such execution. It deletes an execution 90 days
   * after its end.
   */
  readonly status: ExecutionStatus | 'MISSING';
  readonly startedAt?: Date | undefined;
  readonly stoppedAt?: Date | undefined;
  /** JSON. */
  readonly input?: string | undefined;
  /** JSON. */
  readonly output?: string | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** Returns the ARN of the execution of a run. The execution's name is the run's id. */
export function executionArnOf(stateMachineArn: string, runId: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${runId}`;
}
