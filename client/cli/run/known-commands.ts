import type { Run } from '../../run-types.js';
import { connectionOf } from '../open-seedkit.js';
import type { SeedkitOption } from '../seedkit-option.js';
import type { OutputFlags } from './output-flags.js';

/**
 * Returns the commands of a run that another process described, so that the log can be shown without the lines of
 * commands that CodeBuild repeats. Returns none if the log is not folded, or if they cannot be read, such as with the
 * rights to start targets only.
 */
export async function knownCommands(
  run: Pick<Run, 'id' | 'executionArn'>,
  options: SeedkitOption & OutputFlags,
): Promise<readonly string[]> {
  if (options.ndjson === true || options.quiet === true || options.verbose === true) return [];
  try {
    const { userCommandsOf } = await import('../../run/user-commands.js');
    return await userCommandsOf(run, await connectionOf(options));
  } catch {
    return [];
  }
}
