import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Folders that code never means when it names all that is in a folder, and what systems leave behind. */
const NEVER_TAKEN = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.svn',
  '.DS_Store',
  '.codeseeder',
  'codeseeder.out',
  'cdk.out',
  '.terraform',
  '.venv',
  '__pycache__',
  '.pnpm-store',
  '.yarn',
  '.cache',
]);

/** Whether a file or folder is taken along only with all of its path in the code, whatever is in it. */
export function isNeverTaken(name: string): boolean {
  return NEVER_TAKEN.has(name);
}

/** Where a walk ends. */
export interface WalkLimits {
  /** Whether to pass over names that begin with a dot, as shells do. */
  readonly skipsDotNames: boolean;
  /** Number of files and folders to look at. */
  readonly maxEntries: number;
}

/**
 * Lists the files below a folder, sorted, following links once.
 * @returns absolute paths with `/`, or `undefined` when there are more entries than the limit
 */
export async function walkFolder(folder: string, limits: WalkLimits): Promise<readonly string[] | undefined> {
  const files: string[] = [];
  const open = [folder];
  const entered = new Set([await realpath(folder)]);
  let entries = 0;
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    for (const entry of await readdir(current, { withFileTypes: true }).catch(() => [])) {
      if (isNeverTaken(entry.name) || (limits.skipsDotNames && entry.name.startsWith('.'))) continue;
      entries += 1;
      if (entries > limits.maxEntries) return undefined;
      const place = path.posix.join(current, entry.name);
      const kind = entry.isSymbolicLink() ? await stat(place).catch(() => undefined) : entry;
      if (kind?.isFile()) files.push(place);
      else if (kind?.isDirectory() && (!entry.isSymbolicLink() || (await isNew(place)))) open.push(place);
    }
  }
  return files.sort();

  async function isNew(link: string): Promise<boolean> {
    const target = await realpath(link);
    const known = [...entered].some((other) => `${other}/`.startsWith(`${target}/`));
    entered.add(target);
    return !known;
  }
}
