import type { Connection } from '../connection/connection.js';
import type { Run } from '../run-types.js';
import { readRunInvocation } from './run-invocation.js';

/**
 * Returns the commands of the user that a run executes: those of its target, and those of the phases of its build.
 * Needs the rights to describe the execution and to read the run's input.
 *
 * @returns none if the execution has expired
 * @throws CodeseederError `InputMissing` if the input has expired
 */
export async function userCommandsOf(
  run: Pick<Run, 'id' | 'executionArn'>,
  connection: Connection,
): Promise<string[]> {
  const read = await readRunInvocation(run, connection);
  if (read === undefined) return [];
  const { invocation, request } = read;
  const { build } = request;
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
