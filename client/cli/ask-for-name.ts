import { createInterface } from 'node:readline';

import { InterruptedError, UsageError } from './exit-code.js';
import { unlessAborted } from './signals.js';
import type { Terminal } from './terminal.js';

/** A question that is answered with a name. */
export interface NameQuestion {
  /** The name to type. */
  readonly name: string;
  readonly question: string;
  /** What an error says besides its reason, such as `Nothing was deleted.` */
  readonly ifRefused: string;
}

/**
 * Asks the user to type a name.
 * @throws UsageError if another name or none is typed, or standard input ends
 * @throws InterruptedError on Ctrl-C
 */
export async function askForName(
  { name, question, ifRefused }: NameQuestion,
  { stdin, stderr, interrupted }: Terminal,
): Promise<void> {
  const lines = createInterface({ input: stdin, output: stderr });
  let isAnswered = false;
  try {
    const asked = new Promise<string>((resolve, reject) => {
      lines.once('SIGINT', () => reject(new InterruptedError(ifRefused)));
      lines.once('close', () => resolve(''));
      lines.question(question, (text) => {
        isAnswered = true;
        resolve(text);
      });
    });
    const typed = (await unlessAborted(asked, interrupted)).trim();
    if (typed === name) return;
    const reason =
      typed === '' ? 'No name was typed.' : `The answer ${JSON.stringify(typed)} is not ${name}.`;
    throw new UsageError(`${reason} ${ifRefused}`);
  } finally {
    // The next output must not continue the line of the question.
    if (!isAnswered) stderr.write('\n');
    lines.close();
  }
}
