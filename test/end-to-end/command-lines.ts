import { readdir, readFile } from 'node:fs/promises';

/** How often a process is read. Its command line changes only by `exec`, which follows its start within 20 ms * 25. */
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
    const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const young = processes.filter((pid) => (reads.get(pid) ?? 0) < READS);
    for (const pid of young) reads.set(pid, (reads.get(pid) ?? 0) + 1);
    const found = await Promise.all(
      young.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
    );
    for (const commandLine of found) commandLines.add(commandLine);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { ended: await ended, commandLines: [...commandLines].join('\n') };
}
