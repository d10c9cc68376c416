import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';
import { type InputOf, operation } from '../wire/operation.js';
import { keyOfToken, pageToken } from '../wire/page.js';
import { checkArn, parentMachineArn } from './arns.js';
import type { MachineCatalogue } from './machine-catalogue.js';
import { includedData, invalidToken, pageMembers, text } from './members.js';
import type { RunningExecutions } from './running-executions.js';
import { redrive } from './status-event.js';
import { positionOf, type StoredExecution, type StoredStates } from './stored-states.js';

interface ExecutionStores {
  readonly stored: StoredStates;
  readonly machines: MachineCatalogue;
  readonly running: RunningExecutions;
}

const listMembers = {
  stateMachineArn: text.optional(),
  mapRunArn: text.optional(),
  statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']).optional(),
  ...pageMembers,
};

/** Returns the operations that describe and stop executions. */
export function executionOperations(stores: ExecutionStores) {
  const { stored, running } = stores;
  return {
    DescribeExecution: operation({ executionArn: text, includedData }, async (input) =>
      describe(await findExecution(stored, input.executionArn), input.includedData === 'ALL_DATA'),
    ),
    DescribeStateMachineForExecution: operation({ executionArn: text, includedData }, async (input) => {
      const execution = await findExecution(stored, input.executionArn);
      const { machineArn, revisionId } = execution;
      const definition =
        input.includedData === 'ALL_DATA'
          ? await stored.definition(parentMachineArn(machineArn), revisionId)
          : undefined;
      return {
        stateMachineArn: machineArn,
        name: execution.machineName,
        definition: definition ?? '{}',
        roleArn: execution.roleArn,
        updateDate: execution.startedAtMs / 1_000,
        revisionId,
        mapRunArn: execution.mapRunArn,
        label: machineArn.split('/')[1],
      };
    }),
    StopExecution: operation(
      {
        executionArn: text,
        error: z.string().max(256).optional(),
        cause: z.string().max(32_768).optional(),
      },
      async ({ executionArn, error, cause }) => {
        const { arn } = await findExecution(stored, executionArn);
        await running.stop(arn, error, cause);
        return { stopDate: seconds((await findExecution(stored, arn)).stoppedAtMs) };
      },
    ),
    ListExecutions: operation(listMembers, (input) => listExecutions(stores, input)),
  };
}

/** Returns an execution. @throws AwsError `ExecutionDoesNotExist`, `InvalidArn` */
export async function findExecution(stored: StoredStates, executionArn: string): Promise<StoredExecution> {
  const arn = checkArn(executionArn, 'execution');
  const execution = await stored.execution(arn);
  if (execution !== undefined) return execution;
  throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
}

function describe(execution: StoredExecution, withData: boolean): object {
  const { output } = execution;
  const details = { included: withData };
  return {
    ...summarize(execution),
    itemCount: undefined,
    input: withData ? execution.input : undefined,
    inputDetails: details,
    output: withData ? output : undefined,
    outputDetails: output === undefined ? undefined : details,
    error: execution.error,
    cause: execution.cause,
    ...redrive(execution),
  };
}

/**
 * Returns a page of executions. Reads them one by one, because a machine may have more executions than fit into
 * memory. The token contains the last execution of the page.
 */
async function listExecutions(
  stores: ExecutionStores,
  { stateMachineArn, mapRunArn, statusFilter, maxResults, nextToken }: InputOf<typeof listMembers>,
): Promise<object> {
  const { stored } = stores;
  const listArn = await findList(stores, stateMachineArn, mapRunArn);
  const after = nextToken === undefined ? undefined : keyOfToken(nextToken, invalidToken);
  const page: StoredExecution[] = [];
  for await (const arn of stored.executionArns(listArn, after)) {
    const execution = await stored.execution(arn);
    if (execution === undefined || (statusFilter ?? execution.status) !== execution.status) continue;
    const last = page.at(-1);
    if (page.length === maxResults && last !== undefined) {
      return { executions: page.map(summarize), nextToken: pageToken(positionOf(last)) };
    }
    page.push(execution);
  }
  return { executions: page.map(summarize) };
}

/**
 * Returns the ARN of the machine or map run whose executions are listed.
 * @throws AwsError unless the request names exactly one of the two, and it exists
 */
async function findList(
  { stored, machines }: ExecutionStores,
  stateMachineArn: string | undefined,
  mapRunArn: string | undefined,
): Promise<string> {
  if (stateMachineArn !== undefined && mapRunArn === undefined) {
    return (await machines.get(checkArn(stateMachineArn, 'stateMachine'))).machine.arn;
  }
  if (stateMachineArn !== undefined || mapRunArn === undefined) {
    throw new AwsError('ValidationException', 'Expected exactly one of stateMachineArn and mapRunArn');
  }
  if ((await stored.mapRun(checkArn(mapRunArn, 'mapRun'))) !== undefined) return mapRunArn;
  throw new AwsError('ResourceNotFound', `Resource not found: '${mapRunArn}'`);
}

function summarize(execution: StoredExecution) {
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.machineArn,
    name: execution.name,
    status: execution.status,
    startDate: execution.startedAtMs / 1_000,
    stopDate: seconds(execution.stoppedAtMs),
    mapRunArn: execution.mapRunArn,
    itemCount: execution.itemCount,
    redriveCount: 0,
  };
}

function seconds(timeMs: number | undefined): number | undefined {
  return timeMs === undefined ? undefined : timeMs / 1_000;
}
