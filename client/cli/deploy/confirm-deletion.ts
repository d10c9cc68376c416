import { askForName } from '../ask-for-name.js';
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
 * @throws UsageError, InterruptedError if the name is not typed
 */
export async function confirmDeletion(
  seedkit: string,
  { place, deletes, keeps }: DestructionPlan,
  terminal: Terminal,
): Promise<void> {
  printProblem(
    terminal,
    [
      `This destroys the seedkit ${seedkit} in ${place}. It deletes forever:`,
      ...deletes.map((one) => `- ${one}`),
      ...(keeps.length === 0 ? [] : ['It keeps:', ...keeps.map((one) => `- ${one}`)]),
    ].join('\n'),
  );
  await askForName(
    { name: seedkit, question: `Type ${seedkit} to continue: `, ifRefused: 'Nothing was deleted.' },
    terminal,
  );
}
