import { randomUUID } from 'node:crypto';

import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { isTooDeep } from '../wire/data-depth.js';
import { checkArn, checkName, executionArn } from './arns.js';
import type { MachineCatalogue } from './machine-catalogue.js';
import { RequestMembers, validation } from './request-members.js';
import type { RunningExecutions } from './running-executions.js';
import type { StoredExecution, StoredStates } from './stored-states.js';

const INPUT_MAX_BYTES = 262_144;

export interface ExecutionStarter {
  /**
   * Starts an execution, or answers the one that runs under the same name with the same input.
   * @throws AwsError `StateMachineDoesNotExist`, `ExecutionAlreadyExists`, `InvalidName`, `InvalidExecutionInput`
   */
  startExecution(input: object): Promise<{ executionArn: string; startDate: number }>;
}

interface Means {
  readonly context: PlaceContext;
  readonly stored: StoredStates;
  readonly machines: MachineCatalogue;
  readonly running: RunningExecutions;
}

export function createExecutionStarter(means: Means): ExecutionStarter {
  const starting = new Map<string, Promise<unknown>>();
  return {
    async startExecution(input) {
      // A trace header changes nothing here, since nothing is traced.
      const members = new RequestMembers(input, ['stateMachineArn', 'name', 'input', 'traceHeader']);
      const arnOfMachine = checkArn(members.text('stateMachineArn'), 'stateMachine');
      const name = checkName(members.optionalText('name') ?? randomUUID());
      const json = checkInput(members.optionalText('input') ?? '{}');
      const arn = executionArn(arnOfMachine, name);
      // Two starts under one name come one after the other, so that they see each other.
      const turn = (starting.get(arn) ?? Promise.resolve()).then(() =>
        start(means, arnOfMachine, name, json),
      );
      const settled = turn.catch(() => undefined);
      starting.set(arn, settled);
      try {
        const { startedAtMs } = await turn;
        return { executionArn: arn, startDate: startedAtMs / 1_000 };
      } finally {
        if (starting.get(arn) === settled) starting.delete(arn);
      }
    },
  };
}

async function start(
  means: Means,
  arnOfMachine: string,
  name: string,
  input: string,
): Promise<StoredExecution> {
  const { machine, definition } = await means.machines.get(arnOfMachine);
  const arn = executionArn(arnOfMachine, name);
  const known = await means.stored.execution(arn);
  if (known !== undefined) {
    if (means.running.get(arn) !== undefined && known.input === input) return known;
    throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
  }
  const execution: StoredExecution = {
    arn,
    name,
    machineArn: machine.arn,
    machineName: machine.name,
    revisionId: machine.revisionId,
    roleArn: machine.roleArn,
    status: 'RUNNING',
    startedAtMs: means.context.clock.now(),
    input,
  };
  await means.running.start(execution, definition);
  return execution;
}

function checkInput(input: string): string {
  if (Buffer.byteLength(input) > INPUT_MAX_BYTES) {
    throw validation(
      `1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${INPUT_MAX_BYTES}`,
    );
  }
  try {
    if (isTooDeep(JSON.parse(input))) throw new Error('it is nested too deep');
    return input;
  } catch (error) {
    throw new AwsError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: '${(error as Error).message}'`,
    );
  }
}
