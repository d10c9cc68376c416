import { isDeepStrictEqual } from 'node:util';

import { CodeseederError, executionArnOf, type RunRequest } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';

/**
 * Starts the execution named by the run's id. The same id and input attach to the run that exists.
 * @returns the execution's ARN
 * @throws CodeseederError `RunIdConflict` when the id is taken by another input
 */
export async function startExecution(request: RunRequest, connection: Connection): Promise<string> {
  const { StartExecutionCommand } = await import('@aws-sdk/client-sfn');
  const { stateMachineArn } = await connection.deployed();
  const states = await connection.clients.states();
  const input = JSON.stringify(request);
  const command = new StartExecutionCommand({ stateMachineArn, name: request.runId, input });
  try {
    const { executionArn } = await states.send(command);
    return executionArn ?? executionArnOf(stateMachineArn, request.runId);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExecutionAlreadyExists') throw error;
    const executionArn = executionArnOf(stateMachineArn, request.runId);
    await requireSameInput(executionArn, request, connection);
    return executionArn;
  }
}

async function requireSameInput(
  executionArn: string,
  request: RunRequest,
  connection: Connection,
): Promise<void> {
  const { DescribeExecutionCommand } = await import('@aws-sdk/client-sfn');
  const states = await connection.clients.states();
  const { input = 'null', status } = await states.send(new DescribeExecutionCommand({ executionArn }));
  if (isDeepStrictEqual(JSON.parse(input), JSON.parse(JSON.stringify(request)))) return;
  throw new CodeseederError(
    'RunIdConflict',
    `A run ${request.runId} exists already (${status}) with another input. Use another runId, or attach to it with kit.attach(${JSON.stringify(request.runId)}).`,
  );
}
