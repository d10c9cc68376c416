import { readdirSync, readFileSync } from 'node:fs';

/**
 * Number of times that the command line of each process is read. The command line changes only when the process calls
 * `exec`. It does so soon after its start: within 25 reads with 20 ms between them.
 */
const READS = 25;

/** Collects the command lines of all processes of the machine while a promise is pending. */
export async function commandLinesDuring<T>(
  running: Promise<T>,
): Promise<{ ended: T; commandLines: string }> {
  const commandLines = new Set<string>();
  const reads = new Map<string, number>();
  let isRunning = true;
  const ended = running.finally(() => (isRunning = false));
  while (isRunning) {
    // Reads synchronously: /proc is in memory, and synchronous reads need less processor time than asynchronous ones.
    for (const pid of readdirSync('/proc')) {
      const count = reads.get(pid) ?? 0;
      if (count === READS || !/^\d/.test(pid)) continue;
      reads.set(pid, count + 1);
      commandLines.add(commandLineOf(pid));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { ended: await ended, commandLines: [...commandLines].join('\n') };
}

/** Returns the command line of a process, or an empty text if it has ended. */
function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
