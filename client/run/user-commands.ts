import { parseInvocation, parseJson, parseRunRequest } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { filesOf } from '../connection/seedkit-resources.js';
import type { Run } from '../run-types.js';
import { executionOf } from './run-end.js';

/**
 * Returns the commands of the user that a run executes: those of its target, and those of the phases of its build.
 * Needs the rights to describe the execution and to read the run's input.
 *
 * @returns none if the execution has expired
 * @throws CodeseederError `InputMissing` if the input has expired
 */
export async function userCommandsOf(
  { id, executionArn }: Pick<Run, 'id' | 'executionArn'>,
  connection: Connection,
): Promise<string[]> {
  const execution = await executionOf({ id, executionArn, connection });
  if (execution.status === 'MISSING') return [];
  const { build, input } = parseRunRequest(parseJson(execution.input ?? '', `request of the run ${id}`));
  const { readInvocation } = await import('../../lib/run-store/files.js');
  const { content } = await readInvocation(input, await filesOf(connection));
  const invocation = parseInvocation(parseJson(Buffer.from(content).toString(), `input of the run ${id}`));
  const ofPhases = [
    build.installCommands,
    build.preBuildCommands,
    build.preExecutionCommands,
    build.buildCommands,
    build.postBuildCommands,
  ];
  return [
    ...ofPhases.flatMap((commands) => commands ?? []),
    ...(invocation.kind === 'commands' ? invocation.target : []),
  ];
}
