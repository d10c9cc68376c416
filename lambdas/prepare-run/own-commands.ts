import { OWN_COMMAND_MARK } from '../../lib/contract/index.js';

/**
 * Marks commands as those of codeseeder, at the end of their first lines. The target is not marked, because what it
 * prints is the user's, and neither is a breakpoint, so that the reader of the log sees that the build waits.
 */
export function own(...commands: readonly string[]): string[] {
  return commands.map((command) => command.replace(/$/m, ` ${OWN_COMMAND_MARK}`));
}
