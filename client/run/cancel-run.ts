import { hostname, userInfo } from 'node:os';

import { boundedText, FAILURE_MESSAGE_MAX_CHARACTERS, type FailureCode } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';

const CANCELED: FailureCode = 'RunCanceled';

/** Stops the execution of a run. The handler `reconcile-run` then stops the build and ends the record. */
export async function cancelRun(
  executionArn: string,
  connection: Connection,
  reason: string | undefined,
): Promise<void> {
  const why = reason === undefined ? '' : `: ${reason}`;
  const cause = boundedText(`Canceled by ${userName()}@${hostname()}${why}`, FAILURE_MESSAGE_MAX_CHARACTERS);
  const { StopExecutionCommand } = await import('@aws-sdk/client-sfn');
  const states = await connection.clients.states();
  await states.send(new StopExecutionCommand({ executionArn, error: CANCELED, cause }));
}

/** Returns the name of the user of this process. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container, the id of the user may have no name.
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
