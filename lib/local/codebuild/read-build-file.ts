import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** Maximum number of bytes to read, which is more than Linux passes to a process as arguments and environment. */
const MAX_BYTES = 16 * 1024 ** 2;

/**
 * Reads a text file that a build wrote into its workspace. The build may have replaced the file by a link, which would
 * lead to files that the build itself does not see, or by a pipe, on which reading would block.
 * @returns an empty text for anything except a file of at most 16 MiB
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
