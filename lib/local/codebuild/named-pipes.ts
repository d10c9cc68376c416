import { execFile } from 'node:child_process';
import { renameSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Number of pipes that one call of `mkfifo` creates. Starting `mkfifo` takes longer than creating the pipes.
 */
const MADE_AT_ONCE = 32;

/** Provides named pipes, which Node.js cannot create itself. */
export type NamedPipes = ReturnType<typeof createNamedPipes>;

/**
 * Creates a supply of named pipes.
 * @param folder for unused pipes. It must be in the same file system as the paths passed to `make()`, and is created
 * with the first pipe
 */
export function createNamedPipes(folder: string) {
  let unused: string[] = [];
  let number = 0;
  let making: Promise<void> | undefined;
  async function make(): Promise<void> {
    // The folder may have pipes of a local AWS that was killed.
    if (number === 0) await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const made = Array.from({ length: MADE_AT_ONCE }, () => join(folder, String((number += 1))));
    await promisify(execFile)('mkfifo', ['-m', '600', ...made]);
    unused = made;
  }
  return {
    /**
     * Moves an unused pipe to a path. Only its owner can open it.
     * @throws Error when `mkfifo` cannot be started
     */
    async make(path: string): Promise<void> {
      for (let pipe = unused.pop(); ; pipe = unused.pop()) {
        if (pipe !== undefined) return renameSync(pipe, path);
        making ??= make().finally(() => (making = undefined));
        await making;
      }
    },
    /** Removes the pipes that were not used. */
    async close(): Promise<void> {
      await making?.catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
