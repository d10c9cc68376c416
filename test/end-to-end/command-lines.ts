import { readdir, readFile } from 'node:fs/promises';

/** Collects the command lines of all processes of the machine while a promise is pending. */
export async function commandLinesDuring<T>(
  running: Promise<T>,
): Promise<{ ended: T; commandLines: string }> {
  let commandLines = '';
  let isRunning = true;
  const ended = running.finally(() => (isRunning = false));
  while (isRunning) {
    const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(
      processes.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
    );
    commandLines += found.join('\n');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { ended: await ended, commandLines };
}
