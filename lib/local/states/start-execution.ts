import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import { KeyedLock } from '../durable/keyed-lock.js';
import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { isTooDeep } from '../wire/data-depth.js';
import { harmless, operation } from '../wire/operation.js';
import { checkArn, checkName, executionArn } from './arns.js';
import type { MachineCatalogue } from './machine-catalogue.js';
import { text } from './members.js';
import type { RunningExecutions } from './running-executions.js';
import type { StoredExecution, StoredStates } from './stored-states.js';

const INPUT_MAX_BYTES = 262_144;

interface Dependencies {
  readonly context: PlaceContext;
  readonly stored: StoredStates;
  readonly machines: MachineCatalogue;
  readonly running: RunningExecutions;
}

/**
 * Returns the operation `StartExecution`. It starts an execution, or returns the running one with the same name and
 * input.
 */
export function startExecutionOperation(dependencies: Dependencies) {
  const lock = new KeyedLock();
  return operation(
    {
      stateMachineArn: text,
      name: text.optional(),
      input: text.default('{}'),
      traceHeader: harmless(z.string(), 'nothing is traced here'),
    },
    async ({ stateMachineArn, name = randomUUID(), input }) => {
      const arn = executionArn(checkArn(stateMachineArn, 'stateMachine'), checkName(name));
      checkInput(input);
      const { startedAtMs } = await lock.run(arn, () =>
        start(dependencies, stateMachineArn, { arn, name, input }),
      );
      return { executionArn: arn, startDate: startedAtMs / 1_000 };
    },
  );
}

async function start(
  { context, stored, machines, running }: Dependencies,
  stateMachineArn: string,
  { arn, name, input }: Pick<StoredExecution, 'arn' | 'name' | 'input'>,
): Promise<StoredExecution> {
  const { machine, definition } = await machines.get(stateMachineArn);
  const known = await stored.execution(arn);
  if (known !== undefined) {
    const isRunning = known.status === 'RUNNING' && running.get(arn) !== undefined;
    if (isRunning && known.input === input) return known;
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
    startedAtMs: context.clock.now(),
    input,
  };
  await running.start(execution, definition);
  return execution;
}

/** Checks the input of an execution. @throws AwsError `ValidationException`, `InvalidExecutionInput` */
function checkInput(input: string): void {
  if (Buffer.byteLength(input) > INPUT_MAX_BYTES) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${INPUT_MAX_BYTES}`,
    );
  }
  try {
    if (isTooDeep(JSON.parse(input))) throw new Error('it is nested too deeply');
  } catch (error) {
    throw new AwsError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: '${(error as Error).message}'`,
    );
  }
}
