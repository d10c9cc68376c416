import { createInterface } from 'node:readline/promises';

import { UsageError } from '../exit-code.js';
import { printProblem } from '../print-problem.js';
import type { Terminal } from '../terminal.js';
import type { DestructionPlan } from './plan-destruction.js';

/**
 * Refuses to delete a seedkit without a terminal on which its user could confirm it.
 * @throws UsageError if standard input is not a terminal
 */
export function requireConfirmation(seedkit: string, deleteData: boolean, { stdin }: Terminal): void {
  if (stdin.isTTY === true) return;
  const data = deleteData
    ? 'its bucket and its data, with the records of runs,'
    : 'its bucket with all objects';
  throw new UsageError(
    `destroy seedkit deletes the seedkit ${seedkit} and ${data} forever. Without a terminal to confirm it, add --yes.`,
  );
}

/**
 * Shows what is deleted and what is kept, and asks the user to type the seedkit's name.
 * @throws UsageError if another name is typed
 */
export async function confirmDeletion(
  seedkit: string,
  { place, deletes, keeps }: DestructionPlan,
  terminal: Terminal,
): Promise<void> {
  const { stdin, stderr, interrupted } = terminal;
  printProblem(
    terminal,
    [
      `This destroys the seedkit ${seedkit} in ${place}. It deletes forever:`,
      ...deletes.map((one) => `- ${one}`),
      ...(keeps.length === 0 ? [] : ['It keeps:', ...keeps.map((one) => `- ${one}`)]),
    ].join('\n'),
  );
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await lines.question('Type the name of the seedkit to continue: ', {
      signal: interrupted,
    });
    if (answer.trim() !== seedkit)
      throw new UsageError(
        `The answer ${JSON.stringify(answer.trim())} is not ${seedkit}. Nothing was deleted.`,
      );
  } finally {
    lines.close();
  }
}
