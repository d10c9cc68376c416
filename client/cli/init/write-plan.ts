import { mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { UsageError } from '../exit-code.js';

/** A file to write. The file does not exist, or has the text `former`. */
export interface FileToWrite {
  /** Absolute path. */
  readonly file: string;
  readonly contents: string;
  /** The present text of a file that is changed. */
  readonly former?: string | undefined;
}

/**
 * Writes all files. If one cannot be written, removes those that were written, and restores the changed ones.
 * @throws UsageError naming the file that could not be written
 */
export async function writePlan(files: readonly FileToWrite[]): Promise<void> {
  const undo: (() => Promise<unknown>)[] = [];
  for (const { file, contents, former } of files) {
    try {
      const made = await mkdir(path.dirname(file), { recursive: true });
      if (made !== undefined) undo.push(() => rm(made, { recursive: true, force: true }));
      if (former === undefined) {
        await writeFile(file, contents, { flag: 'wx' });
        undo.push(() => rm(file, { force: true }));
      } else {
        await replaceFile(file, contents);
        undo.push(() => replaceFile(file, former));
      }
    } catch (cause) {
      for (const step of undo.reverse()) await step();
      throw new UsageError(
        `${file} cannot be written, so nothing was changed: ${(cause as Error).message}. Correct this, and run the command again.`,
        { cause },
      );
    }
  }
}

/** Replaces a file in one step, so that it is whole even if this process is killed. */
async function replaceFile(file: string, contents: string): Promise<void> {
  const target = await realpath(file);
  const unfinished = `${target}.codeseeder-init`;
  await writeFile(unfinished, contents);
  await rename(unfinished, target);
}
