import type { EventEntry } from '../ports.js';
import type { StoredExecution } from './stored-states.js';

/** Maximum size of input and output together in a status event. */
const EVENT_DATA_MAX_BYTES = 248 * 1024;

/**
 * Returns the event that Step Functions sends to the default bus when the status of an execution changes.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export function statusEvent(execution: StoredExecution): EventEntry {
  const { input, output } = execution;
  const included = Buffer.byteLength(JSON.stringify([input, output])) <= EVENT_DATA_MAX_BYTES;
  const detail = {
    executionArn: execution.arn,
    stateMachineArn: execution.machineArn,
    stateMachineVersionArn: null,
    stateMachineAliasArn: null,
    name: execution.name,
    status: execution.status,
    startDate: execution.startedAtMs,
    stopDate: execution.stoppedAtMs ?? null,
    input: included ? input : null,
    inputDetails: { included },
    output: included ? (output ?? null) : null,
    outputDetails: output === undefined ? null : { included },
    error: execution.error ?? null,
    cause: execution.cause ?? null,
    redriveCount: 0,
    redriveDate: null,
    redriveStatus: redrive(execution).redriveStatus,
    redriveStatusReason: redrive(execution).redriveStatusReason,
  };
  return {
    source: 'aws.states',
    detailType: 'Step Functions Execution Status Change',
    detail: JSON.stringify(detail),
    resources: [execution.arn],
    time: new Date(execution.stoppedAtMs ?? execution.startedAtMs),
  };
}

/** Returns the redrive status of an execution. The local AWS does not support redriving. */
export function redrive({ status }: StoredExecution): { redriveStatus: string; redriveStatusReason: string } {
  const reason =
    status === 'RUNNING' || status === 'SUCCEEDED'
      ? `Execution is ${status} and cannot be redriven`
      : 'The local AWS does not redrive executions';
  return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: reason };
}
