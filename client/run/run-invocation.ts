import {
  type Invocation,
  parseInvocation,
  parseJson,
  parseRunRequest,
  type RunRequest,
} from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { filesOf } from '../connection/seedkit-resources.js';
import type { Run } from '../run-types.js';
import { executionOf } from './run-end.js';

/** What a run was asked to do. */
export interface RunInvocation {
  readonly request: RunRequest;
  /** The code that the run calls, with its arguments. */
  readonly invocation: Invocation;
}

/**
 * Reads what a run was asked to do, whoever started it. Needs the rights to describe the execution and to read the
 * run's input.
 *
 * @returns undefined if the execution has expired
 * @throws CodeseederError `InputMissing` if the input has expired
 */
export async function readRunInvocation(
  { id, executionArn }: Pick<Run, 'id' | 'executionArn'>,
  connection: Connection,
): Promise<RunInvocation | undefined> {
  const execution = await executionOf({ id, executionArn, connection });
  if (execution.status === 'MISSING') return undefined;
  const request = parseRunRequest(parseJson(execution.input ?? '', `request of the run ${id}`));
  const { readInvocation } = await import('../../lib/run-store/files.js');
  const { content } = await readInvocation(request.input, await filesOf(connection));
  const text = Buffer.from(content).toString();
  return { request, invocation: parseInvocation(parseJson(text, `input of the run ${id}`)) };
}
