import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** More than Linux passes to a process as arguments and environment. */
const MAX_BYTES = 16 * 1024 ** 2;

/**
 * Reads a text that a build wrote into its workspace. The build may have put something else there since: a link, which would
 * lead to files of the machine that the build itself does not see, or a pipe, for which a reader waits.
 * @returns an empty text for anything but a file of at most 16 MiB
 */
export async function readBuildFile(path: string): Promise<string> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined);
  if (file === undefined) return '';
  try {
    const found = await file.stat();
    return found.isFile() && found.size <= MAX_BYTES ? await file.readFile('utf8') : '';
  } finally {
    await file.close();
  }
}
