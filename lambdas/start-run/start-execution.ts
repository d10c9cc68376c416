import { isDeepStrictEqual } from 'node:util';

import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

import { CodeseederError, executionArnOf, type RunRequest } from '../../lib/contract/index.js';

/**
 * Starts the execution named by the run's id; one that exists with the same input is the one.
 * @throws CodeseederError `RunIdConflict` when it exists with another input
 */
export async function startExecution(
  request: RunRequest,
  { sfn, stateMachineArn }: { readonly sfn: SFNClient; readonly stateMachineArn: string },
): Promise<string> {
  const executionArn = executionArnOf(stateMachineArn, request.runId);
  try {
    await sfn.send(
      new StartExecutionCommand({ stateMachineArn, name: request.runId, input: JSON.stringify(request) }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
    const { input } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (!hasInput(input, request)) {
      throw new CodeseederError(
        'RunIdConflict',
        `The run ${request.runId} exists already with another request: use another run id.`,
        { cause: error },
      );
    }
  }
  return executionArn;
}

function hasInput(input: string | undefined, request: RunRequest): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(input ?? ''), JSON.parse(JSON.stringify(request)));
  } catch {
    return false;
  }
}
