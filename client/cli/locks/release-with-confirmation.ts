import type { Lock } from '../../lock-types.js';
import { askForName } from '../ask-for-name.js';
import { UsageError } from '../exit-code.js';
import { openSeedkit } from '../open-seedkit.js';
import { layoutOf } from '../table.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { lockLines, type LocksOptions } from './show-locks.js';

/** Flags of `locks release`. */
export interface ReleaseOptions extends LocksOptions {
  readonly force?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

/** Releases a lock after the user has confirmed it. */
export async function releaseWithConfirmation(
  name: string,
  options: ReleaseOptions,
  terminal: Terminal,
): Promise<void> {
  const { locks } = openSeedkit(options);
  if (options.yes !== true) await confirm(await locks.get(name), terminal);
  const released = await locks.release(name, { force: options.force === true });
  printResult<'locks release'>(terminal, options.json === true, released, () =>
    lockLines(released, layoutOf(terminal)),
  );
}

/**
 * Shows who holds the lock, and asks the user to type its name.
 * @throws UsageError, InterruptedError if the name is not typed, or if standard input is not a terminal
 */
async function confirm(lock: Lock, terminal: Terminal): Promise<void> {
  const { stdin, stderr } = terminal;
  const { name, holder } = lock;
  if (holder === undefined) return;
  if (stdin.isTTY !== true) {
    throw new UsageError(
      `The run ${holder.runId} (${holder.status ?? 'no record'}) holds the lock ${name}. Without a terminal to confirm the release, add --yes.`,
    );
  }
  for (const line of lockLines(lock, layoutOf(terminal))) printLine(stderr, line);
  await askForName(
    { name, question: "Type the lock's name to release it: ", ifRefused: 'Nothing was released.' },
    terminal,
  );
}
