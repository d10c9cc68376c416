import { AwsError } from '../wire/aws-error.js';
import type { JsonOperation } from '../wire/json-service.js';
import { checkArn } from './arns.js';
import type { MachineCatalogue } from './machine-catalogue.js';
import { RequestMembers } from './request-members.js';
import type { RunningExecutions } from './running-executions.js';
import { redrive } from './status-event.js';
import type { ExecutionStatus, StoredExecution, StoredStates } from './stored-states.js';

const STATUSES = [
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'ABORTED',
] as const satisfies ExecutionStatus[];

interface Means {
  readonly stored: StoredStates;
  readonly machines: MachineCatalogue;
  readonly running: RunningExecutions;
}

/** The operations that show and stop executions. */
export function executionOperations(means: Means): Record<string, JsonOperation> {
  return {
    async DescribeExecution(input: object) {
      const members = new RequestMembers(input, ['executionArn', 'includedData']);
      const execution = await find(means, members);
      const metadataOnly = members.oneOf('includedData', ['ALL_DATA', 'METADATA_ONLY']) === 'METADATA_ONLY';
      return describe(execution, !metadataOnly);
    },
    DescribeStateMachineForExecution: (input: object) => describeMachine(means, input),
    StopExecution: (input: object) => stop(means, input),
    ListExecutions: (input: object) => list(means, input),
  };
}

/** @throws AwsError `ExecutionDoesNotExist`, `InvalidArn` */
export async function find(
  { stored }: Pick<Means, 'stored'>,
  members: RequestMembers,
): Promise<StoredExecution> {
  const arn = checkArn(members.text('executionArn'), 'execution');
  const execution = await stored.execution(arn);
  if (execution !== undefined) return execution;
  throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
}

function describe(execution: StoredExecution, withData: boolean): object {
  const { output, error, cause, stoppedAtMs } = execution;
  const details = { included: withData };
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.machineArn,
    name: execution.name,
    status: execution.status,
    startDate: execution.startedAtMs / 1_000,
    ...(stoppedAtMs !== undefined && { stopDate: stoppedAtMs / 1_000 }),
    ...(withData && { input: execution.input }),
    inputDetails: details,
    ...(output !== undefined && { ...(withData && { output }), outputDetails: details }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    redriveCount: 0,
    ...redrive(execution),
  };
}

async function describeMachine(means: Means, input: object): Promise<object> {
  const members = new RequestMembers(input, ['executionArn', 'includedData']);
  const execution = await find(means, members);
  const metadataOnly = members.oneOf('includedData', ['ALL_DATA', 'METADATA_ONLY']) === 'METADATA_ONLY';
  const { machineArn, revisionId } = execution;
  const definition = await means.stored.definition(machineArn, revisionId);
  return {
    stateMachineArn: machineArn,
    name: execution.machineName,
    definition: metadataOnly ? '{}' : (definition ?? '{}'),
    roleArn: execution.roleArn,
    updateDate: execution.startedAtMs / 1_000,
    revisionId,
  };
}

async function stop(means: Means, input: object): Promise<object> {
  const members = new RequestMembers(input, ['executionArn', 'error', 'cause']);
  const { arn } = await find(means, members);
  const error = members.optionalText('error', 256);
  await means.running.stop(arn, error, members.optionalText('cause', 32_768));
  const { stoppedAtMs } = await find(means, members);
  return { ...(stoppedAtMs !== undefined && { stopDate: stoppedAtMs / 1_000 }) };
}

async function list(means: Means, input: object): Promise<object> {
  const members = new RequestMembers(input, ['stateMachineArn', 'statusFilter', 'maxResults', 'nextToken']);
  const arnOfMachine = checkArn(members.text('stateMachineArn'), 'stateMachine');
  await means.machines.get(arnOfMachine);
  const status = members.oneOf('statusFilter', STATUSES);
  const start = members.pageStart();
  const pageSize = members.pageSize();
  const page: StoredExecution[] = [];
  let position = 0;
  let nextToken: string | undefined;
  for await (const arn of means.stored.executionArns(arnOfMachine)) {
    position += 1;
    if (position <= start) continue;
    const execution = await means.stored.execution(arn);
    if (execution === undefined || (status !== undefined && execution.status !== status)) continue;
    if (page.length === pageSize) {
      nextToken = String(position - 1);
      break;
    }
    page.push(execution);
  }
  return { executions: page.map(listed), ...(nextToken !== undefined && { nextToken }) };
}

function listed(execution: StoredExecution): object {
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.machineArn,
    name: execution.name,
    status: execution.status,
    startDate: execution.startedAtMs / 1_000,
    ...(execution.stoppedAtMs !== undefined && { stopDate: execution.stoppedAtMs / 1_000 }),
    redriveCount: 0,
  };
}
