import path from 'node:path';

import ignore from 'ignore';

import type { Project } from './find-project.js';
import type { Language } from './init-flags.js';
import type { FileToWrite } from './write-plan.js';
import { readIfExists } from './read-if-exists.js';

const IGNORED: Readonly<Record<Language, readonly string[]>> = {
  typescript: ['node_modules/'],
  javascript: ['node_modules/'],
  python: ['node_modules/', '__pycache__/'],
};

/**
 * Plans to append lines to the folder's `.gitignore`, which is created if it does not exist. Lines about which it or a
 * `.gitignore` above, up to that of the repository, has a pattern are left out.
 * @returns nothing if nothing is missing
 */
export async function planGitignore(
  { folder, repository }: Project,
  language: Language,
): Promise<FileToWrite[]> {
  const ignores = await readIgnores(folder, repository);
  const missing = IGNORED[language].filter((line) => !isDecided(path.join(folder, line), ignores));
  if (missing.length === 0) return [];
  const file = path.join(folder, '.gitignore');
  const former = await readIfExists(file);
  const newline = former?.includes('\r\n') === true ? '\r\n' : '\n';
  const start = former === undefined || former === '' || former.endsWith('\n') ? '' : newline;
  const added = missing.map((line) => `${line}${newline}`).join('');
  return [{ file, contents: `${former ?? ''}${start}${added}`, former }];
}

/** The patterns of a `.gitignore`. */
interface Ignores {
  readonly folder: string;
  readonly patterns: ReturnType<typeof ignore>;
}

/** Reads the `.gitignore` files of a folder and of those above it. */
async function readIgnores(start: string, repository: string): Promise<Ignores[]> {
  const found: Ignores[] = [];
  for (let folder = start; ; folder = path.dirname(folder)) {
    const text = await readIfExists(path.join(folder, '.gitignore'));
    if (text !== undefined) found.push({ folder, patterns: ignore().add(text) });
    if (folder === repository || folder === path.dirname(folder)) return found;
  }
}

/** Returns whether a pattern ignores a folder, whose path ends with a slash, or keeps it deliberately. */
function isDecided(place: string, ignores: readonly Ignores[]): boolean {
  return ignores.some(({ folder, patterns }) => {
    const { ignored, unignored } = patterns.test(
      `${path.relative(folder, place).split(path.sep).join('/')}/`,
    );
    return ignored || unignored;
  });
}
