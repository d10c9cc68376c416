import { createInterface } from 'node:readline';

import { fittedLines } from '../print-problem.js';
import type { Terminal } from '../terminal.js';

/** The user's decision about a run after Ctrl-C. */
export type Decision = 'cancel' | 'detach' | 'wait';

/**
 * Asks whether Ctrl-C cancels a run or leaves it. Without an answer, the command waits for the run.
 *
 * @param over aborts when no answer is needed any more, such as after a second signal
 */
export async function askForDecision(
  runId: string,
  terminal: Terminal,
  over: AbortSignal,
): Promise<Decision> {
  // Reads lines instead of single keys, so that a second Ctrl-C still arrives as a signal and leaves the run at once.
  const lines = createInterface({ input: terminal.stdin, terminal: false });
  const { stderr, program } = terminal;
  const ask = (question: string) =>
    void stderr.write(`${fittedLines(stderr, program, question).join('\n')} `);
  ask(`The run ${runId} continues. (c)ancel it, (d)etach from it, or Enter to keep waiting:`);
  const close = () => {
    // The next output must not continue the line of the question.
    stderr.write('\n');
    lines.close();
  };
  over.addEventListener('abort', close, { once: true });
  try {
    return await new Promise<Decision>((resolve) => {
      lines.on('line', (line) => {
        const decision = meaningOf(line);
        if (decision !== undefined) resolve(decision);
        else
          ask(
            `${JSON.stringify(line.trim())} is no answer. Type c to cancel the run, d to detach from it, or press Enter to keep waiting:`,
          );
      });
      lines.once('close', () => resolve('wait'));
    });
  } finally {
    over.removeEventListener('abort', close);
    lines.close();
  }
}

/** Returns the decision that a line means; undefined for another answer. */
function meaningOf(line: string): Decision | undefined {
  const answer = line.trim().toLowerCase();
  if (answer === '') return 'wait';
  if ('cancel'.startsWith(answer)) return 'cancel';
  return 'detach'.startsWith(answer) ? 'detach' : undefined;
}
