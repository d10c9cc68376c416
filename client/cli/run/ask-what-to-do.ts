import { createInterface } from 'node:readline';

import type { Terminal } from '../terminal.js';

export type Wanted = 'cancel' | 'detach' | 'go on';

/**
 * Asks what Ctrl-C means for a run. Without an answer the run goes on, and is waited for.
 *
 * @param over aborts when there is nothing to ask any more
 */
export async function askWhatToDo(runId: string, terminal: Terminal, over: AbortSignal): Promise<Wanted> {
  // As lines and not as keys: the terminal goes on sending Ctrl-C as a signal, which leaves at once.
  const lines = createInterface({ input: terminal.stdin, terminal: false });
  terminal.stderr.write(`The run ${runId} goes on. (c)ancel it, (d)etach from it, or Enter to wait on: `);
  const close = () => lines.close();
  over.addEventListener('abort', close, { once: true });
  try {
    return await new Promise<Wanted>((resolve) => {
      lines.once('line', (line) => resolve(meaningOf(line)));
      lines.once('close', () => resolve('go on'));
    });
  } finally {
    over.removeEventListener('abort', close);
    lines.close();
  }
}

function meaningOf(line: string): Wanted {
  const letter = line.trim().charAt(0).toLowerCase();
  if (letter === 'c') return 'cancel';
  return letter === 'd' ? 'detach' : 'go on';
}
