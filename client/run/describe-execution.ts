import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';

import type { Connection } from '../connection/connection.js';

/** The execution as it is now; undefined where there is none, or none any more. */
export async function describeExecution(
  executionArn: string,
  connection: Connection,
): Promise<DescribeExecutionOutput | undefined> {
  const { DescribeExecutionCommand } = await import('@aws-sdk/client-sfn');
  const states = await connection.clients.states();
  try {
    return await states.send(new DescribeExecutionCommand({ executionArn }));
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return undefined;
    throw error;
  }
}
