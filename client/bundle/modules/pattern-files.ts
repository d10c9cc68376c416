import { stat } from 'node:fs/promises';
import path from 'node:path';

import type { PathPattern, ReferenceUse } from './module-findings.js';
import { filesOfSpelling, isModuleFile, spellingsOfFile, withEndings } from './module-spellings.js';
import { isNeverTaken, walkFolder } from './walk-folder.js';

/** More files than these are not what a pattern with unknown parts means. */
export const MAX_GUESSED_FILES = 1_000;
/** Nor is more than this. */
export const MAX_GUESSED_BYTES = 100 * 1_024 * 1_024;
/** More files and folders are not looked at, nor taken along for a folder that is named plainly. */
export const MAX_WALKED_ENTRIES = 20_000;

/** What a pattern means on this machine. */
export interface PatternFiles {
  /** Absolute paths, sorted. */
  readonly files: readonly string[];
  /** Absolute paths of folders that are named, which may be empty. */
  readonly folders: readonly string[];
  /** Whether no part of the pattern is unknown. */
  readonly isExact: boolean;
  /** Whether more may be meant than is in `files`: too much, or something outside the project. */
  readonly isTooWide: boolean;
}

/** How to look for the files of a pattern. */
export interface PatternSearch {
  /** Absolute path of the project's folder. Nothing outside is found, unless no part of the pattern is unknown. */
  readonly root: string;
  /** How the pattern is used: for a module `a.js` may be `a.ts`, and `a` may be `a.js` or `a/index.js`. */
  readonly use: ReferenceUse;
}

const MODULE_USES: ReadonlySet<ReferenceUse> = new Set(['import', 'require', 'worker', 'fork', 'resolve']);

/**
 * Finds the files that a pattern may mean: the file that it names, all files of the folder that it names, or those that
 * match its unknown parts. One after a `/` stands for one or more names, any other for a part of a name. Names that begin
 * with a dot match no unknown part.
 *
 * @returns files below `node_modules` and the like only where they are named plainly
 */
export async function findPatternFiles(pattern: PathPattern, search: PatternSearch): Promise<PatternFiles> {
  const isExact = !pattern.parts.includes(null);
  const root = toPosix(search.root);
  const isModule = MODULE_USES.has(search.use);
  const found = { files: [], folders: [], isExact, isTooWide: false };
  if (pattern.kind === 'specifier') return found;
  const [first = ''] = pattern.parts;
  if (isExact) return { ...found, ...(await findNamed(withoutSlash(first ?? ''), root, isModule)) };
  const folder = (first ?? '').slice(0, (first ?? '').lastIndexOf('/')) || '/';
  const isInside = isBelow(folder, root) && !folder.slice(root.length).split('/').some(isNeverTaken);
  if (!isInside) return { ...found, isTooWide: true };
  if (!(await kindOf(folder)).isFolder) return found;
  const matches = matcherOf(pattern, isModule);
  const guessed = await findGuessed(folder, matches);
  return { ...found, ...(isModule && folder === root ? direct(guessed, root) : guessed) };
}

type Found = Partial<PatternFiles>;

/**
 * Modules of the project's own folder alone: with those of all folders in it come tests and tools, and the packages
 * that these need.
 */
function direct({ files = [], isTooWide = false }: Found, root: string): Found {
  const near = files.filter((file) => toPosix(path.dirname(file)) === root);
  return { files: near, isTooWide: isTooWide || near.length < files.length };
}

async function findNamed(named: string, root: string, isModule: boolean): Promise<Found> {
  const kind = await kindOf(named);
  if (kind.isFile) return { files: [toNative(named)] };
  if (isModule || !kind.isFolder) {
    // Of a file that `require.resolve` finds, the ending may be left out.
    for (const file of isModule ? filesOfSpelling(named) : withEndings(named))
      if ((await kindOf(file)).isFile) return { files: [toNative(file)] };
    return {};
  }
  if (isNeverTaken(path.posix.basename(named))) return { isTooWide: true };
  const folders = [toNative(named)];
  if (isBelow(root, named))
    return named === root
      ? { folders, ...(await findGuessed(root, () => true)) }
      : { folders, isTooWide: true };
  const files = await walkFolder(named, { skipsDotNames: false, maxEntries: MAX_WALKED_ENTRIES });
  return files ? { folders, files: files.map(toNative) } : { folders, isTooWide: true };
}

async function findGuessed(folder: string, matches: (file: string) => boolean): Promise<Found> {
  const walked = await walkFolder(folder, { skipsDotNames: true, maxEntries: MAX_WALKED_ENTRIES });
  const files = walked?.filter(matches);
  if (files === undefined || files.length > MAX_GUESSED_FILES) return { isTooWide: true };
  const sizes = await Promise.all(files.map(async (file) => (await kindOf(file)).sizeBytes));
  const sizeBytes = sizes.reduce((sum, size) => sum + size, 0);
  return sizeBytes > MAX_GUESSED_BYTES ? { isTooWide: true } : { files: files.map(toNative) };
}

function matcherOf({ parts }: PathPattern, isModule: boolean): (file: string) => boolean {
  const sources = parts.map((part, index) => {
    if (part !== null) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const isLast = index === parts.length - 1;
    const isName = parts[index - 1]?.endsWith('/') ?? true;
    return isName ? '.+' : isLast ? '.*' : '[^/]*';
  });
  if (!isModule) {
    // What is named may be a folder.
    const expression = new RegExp(`^${sources.join('')}(/.+)?$`, 's');
    return (file) => expression.test(file);
  }
  const expression = new RegExp(`^${sources.join('')}$`, 's');
  const isOpen = parts.at(-1) === null;
  return (file) =>
    isOpen
      ? isModuleFile(file) && expression.test(file)
      : !/\.d\.[cm]?ts$/.test(file) && spellingsOfFile(file).some((spelling) => expression.test(spelling));
}

async function kindOf(file: string): Promise<{ isFile: boolean; isFolder: boolean; sizeBytes: number }> {
  const stats = await stat(file).catch(() => undefined);
  return {
    isFile: stats?.isFile() ?? false,
    isFolder: stats?.isDirectory() ?? false,
    sizeBytes: stats?.size ?? 0,
  };
}

function isBelow(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function withoutSlash(file: string): string {
  return file.length > 1 && file.endsWith('/') ? file.slice(0, -1) : file;
}

function toPosix(file: string): string {
  return withoutSlash(file.split(path.sep).join('/'));
}

function toNative(file: string): string {
  return file.split('/').join(path.sep);
}
