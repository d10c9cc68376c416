import { BUILD_VARIABLES } from '../../lib/contract/index.js';
import type { RunAction } from './run-plans.js';

/**
 * Folder in which builds report that they have a lock. The variable is not set in simulated time, where no build runs.
 */
export const LOCK_REPORTS_VARIABLE = 'SOAK_LOCK_REPORTS';

/** Returns a text that only the run's own build can return: as an exported variable, or as the function's value. */
export const proofOf = (runId: string) => `${runId} has run`;

const COMMANDS: Readonly<Record<CommandAction, string>> = {
  passes: 'true',
  fails: 'exit 3',
  // Longer than the soak waits, so the run ends only by its cancel.
  sleeps: 'sleep 3000',
};
type CommandAction = Exclude<RunAction, 'adds' | 'throws'>;

/** Commands that export the proof. */
export const PROVE = `export PROOF="$${BUILD_VARIABLES.runId} has $(echo run)"`;

/** Returns the commands of a run that has a lock, or none. */
export function commandsOf(does: CommandAction, lock?: string): string[] {
  return [PROVE, withReports(COMMANDS[does], lock)];
}

/** Returns a command that reports when it begins and ends to have a lock, with the number and the time. */
export function withReports(command: string, lock: string | undefined): string {
  const folder = process.env[LOCK_REPORTS_VARIABLE];
  if (folder === undefined || lock === undefined) return command;
  const report = (what: string) =>
    `echo "${what} $${BUILD_VARIABLES.runId} $${BUILD_VARIABLES.lockToken} $(date +%s%3N)" >> '${folder}/${lock}'`;
  // The subshell ends with the command's status, after its report.
  return `( ${report('begins')}; trap '${report('ends').replaceAll("'", `'\\''`)}' EXIT; ${command} )`;
}
