/** Identity of an execution. The Context object contains it. */
export interface ExecutionIdentity {
  readonly executionArn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly startedAtMs: number;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly region: string;
}
