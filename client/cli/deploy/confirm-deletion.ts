import { createInterface } from 'node:readline/promises';

import { UsageError } from '../exit-code.js';
import type { Terminal } from '../terminal.js';

/**
 * Asks for the seedkit's name before its data is deleted.
 * @throws UsageError when another name is typed, or nobody is there to type one
 */
export async function confirmDeletion(seedkit: string, terminal: Terminal): Promise<void> {
  const { stdin, stderr, interrupted } = terminal;
  if (stdin.isTTY !== true) {
    throw new UsageError(
      `--delete-data deletes all records of the seedkit ${seedkit} for ever. Where nobody can be asked, say --yes.`,
    );
  }
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await lines.question(
      `This deletes the records, bundles, key and packages of the seedkit ${seedkit} for ever. Type its name to go on: `,
      { signal: interrupted },
    );
    if (answer.trim() !== seedkit) throw new UsageError(`That is not ${seedkit}; nothing was deleted.`);
  } finally {
    lines.close();
  }
}
