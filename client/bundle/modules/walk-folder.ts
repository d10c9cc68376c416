import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Names that a walk skips: installed packages, version history, caches and build output. */
const SKIPPED = new Set([
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

/** Returns whether a walk skips a file or folder with this name. Code includes such a file by naming its whole path. */
export function isSkipped(name: string): boolean {
  return SKIPPED.has(name);
}

/** Limits of a walk. */
export interface WalkLimits {
  /** Whether to skip names that begin with a dot, as shells do. */
  readonly skipsDotNames: boolean;
  /** Maximum number of files and folders to visit. */
  readonly maxEntries: number;
}

/**
 * Lists the files below a folder, sorted. Follows each link once.
 * @returns absolute paths with `/`; undefined if there are more entries than the limit
 */
export async function walkFolder(folder: string, limits: WalkLimits): Promise<readonly string[] | undefined> {
  const files: string[] = [];
  const open = [folder];
  const entered = new Set([await realpath(folder)]);
  let entries = 0;
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    const found = await readdir(current, { withFileTypes: true }).catch(() => []);
    for (const entry of found.filter(({ name }) => !isPassedOver(name, limits))) {
      entries += 1;
      if (entries > limits.maxEntries) return undefined;
      const place = path.posix.join(current, entry.name);
      const kind = entry.isSymbolicLink() ? await stat(place).catch(() => undefined) : entry;
      if (kind?.isFile()) files.push(place);
      else if (kind?.isDirectory() && (!entry.isSymbolicLink() || (await isNew(place)))) open.push(place);
    }
  }
  return files.sort();

  /** Returns whether a link leads to a folder that was not visited and does not contain a visited one. */
  async function isNew(link: string): Promise<boolean> {
    const target = await realpath(link);
    const known = [...entered].some((other) => `${other}/`.startsWith(`${target}/`));
    entered.add(target);
    return !known;
  }
}

function isPassedOver(name: string, { skipsDotNames }: WalkLimits): boolean {
  return isSkipped(name) || (skipsDotNames && name.startsWith('.'));
}
