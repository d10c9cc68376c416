import { lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';

import { CodeseederError } from '../../lib/contract/index.js';

/** Names of a config, of which a folder has at most one. */
export const CONFIG_NAMES: readonly string[] = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json'].map(
  (ending) => `codeseeder.config.${ending}`,
);

/** Returns the config as messages name it: its path, or the names that it can have. */
export function namedConfig(file: string | undefined): string {
  return file ?? 'codeseeder.config.ts, .js or .json';
}

/** The search for a config. */
export interface ConfigSearch {
  /** Path of the config; undefined if there is none. */
  readonly file: string | undefined;
  /** The last folder that was searched: the root of the repository or of the file system. */
  readonly upTo: string;
}

/**
 * Searches a config in a folder and in those above, up to the first one with a `.git`, or to the root of the file
 * system.
 *
 * @throws CodeseederError `ConfigInvalid` if a folder has several configs, or if the config is a folder or belongs to
 *   another user
 */
export async function findConfig(from: string): Promise<ConfigSearch> {
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    const names = await namesIn(folder);
    const [found, second] = CONFIG_NAMES.filter((name) => names.has(name));
    if (found !== undefined && second !== undefined) {
      throw new CodeseederError(
        'ConfigInvalid',
        `${folder} has ${found} and ${second}, and only one of them can be used. Delete the other one.`,
      );
    }
    if (found !== undefined) {
      const file = path.join(folder, found);
      if ((await stat(file)).isDirectory())
        throw new CodeseederError('ConfigInvalid', `${file} is a folder, not a file. Rename it.`);
      await refuseOtherOwner(file, from);
      return { file, upTo: folder };
    }
    if (names.has('.git') || folder === path.dirname(folder)) return { file: undefined, upTo: folder };
  }
}

/** Returns the names in a folder; none if it cannot be read. */
async function namesIn(folder: string): Promise<ReadonlySet<string>> {
  return new Set(await readdir(folder).catch(() => []));
}

/**
 * Refuses a config above the working folder whose owner is neither this user, root nor the owner of the working folder.
 * Its code would run with this user's rights, and anyone can create it in a folder that all users may write to, such as
 * `/tmp`.
 */
async function refuseOtherOwner(file: string, from: string): Promise<void> {
  const user = process.getuid?.();
  if (user === undefined || path.dirname(file) === path.resolve(from)) return;
  const [{ uid: link }, { uid: target }, { uid: folder }] = await Promise.all([
    lstat(file),
    stat(file),
    stat(from),
  ]);
  const trusted = new Set([user, 0, folder]);
  if (trusted.has(link) && trusted.has(target)) return;
  throw new CodeseederError(
    'ConfigInvalid',
    `${file} belongs to another user, and its code would run with your rights. It was not loaded. If you trust it, start the command in ${path.dirname(file)}; else start it in a folder with a config or a .git of your own.`,
  );
}
