import { createInterface } from 'node:readline/promises';

import { UsageError } from '../exit-code.js';
import type { Terminal } from '../terminal.js';

/**
 * Asks the user to type the seedkit's name before its data is deleted.
 * @throws UsageError if another name is typed, or if standard input is not a terminal
 */
export async function confirmDeletion(seedkit: string, terminal: Terminal): Promise<void> {
  const { stdin, stderr, interrupted } = terminal;
  if (stdin.isTTY !== true) {
    throw new UsageError(
      `--delete-data deletes all records of the seedkit ${seedkit} forever. Without a terminal to confirm it, add --yes.`,
    );
  }
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await lines.question(
      `This deletes the records, bundles, key and packages of the seedkit ${seedkit} forever. Type its name to continue: `,
      { signal: interrupted },
    );
    if (answer.trim() !== seedkit)
      throw new UsageError(
        `The answer ${JSON.stringify(answer.trim())} is not ${seedkit}. Nothing was deleted.`,
      );
  } finally {
    lines.close();
  }
}
