import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Replaces a file if its contents changed. A local AWS that is running may read the file at any time, so it must never
 * be incomplete.
 *
 * @param {string} file
 * @param {Uint8Array} contents
 */
export async function replaceFile(file, contents) {
  const before = await readFile(file).catch(() => undefined);
  if (before?.equals(contents)) return;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}`, contents);
  await rename(`${file}.${process.pid}`, file);
}
