import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/**
 * Maximum size of the file. It exceeds the size that Linux allows for the arguments and environment of a process.
 */
const MAX_BYTES = 16 * 1024 ** 2;

/**
 * Reads a text file that a build wrote into its workspace. The build may have replaced the file by a link to a file
 * that the build itself cannot read, or by a pipe, on which reading would block.
 * @returns an empty text for anything except a regular file of at most 16 MiB
 */
export function readBuildFile(path: string): string {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let file: number;
  try {
    file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch {
    return '';
  }
  try {
    const found = fstatSync(file);
    return found.isFile() && found.size <= MAX_BYTES ? readFileSync(file, 'utf8') : '';
  } finally {
    closeSync(file);
  }
}
