import { stat } from 'node:fs/promises';
import path from 'node:path';

import type { PathPattern, ReferenceUse } from './analysis/module-findings.js';
import { filesOfSpelling, isModuleFile, spellingsOfFile, withEndings } from './module-spellings.js';
import { isSkipped, walkFolder } from './walk-folder.js';

/** Maximum number of files that a pattern with unknown parts may include. */
export const MAX_GUESSED_FILES = 1_000;
/** Maximum size of these files. */
export const MAX_GUESSED_BYTES = 100 * 1_024 * 1_024;
/** Maximum number of files and folders that a search visits, and that a literal folder may include. */
export const MAX_WALKED_ENTRIES = 20_000;

/** The files that a pattern may mean on this machine. */
export interface PatternFiles {
  /** Absolute paths, sorted. */
  readonly files: readonly string[];
  /** Absolute paths of the folders that the pattern names. They may be empty. */
  readonly folders: readonly string[];
  /** Whether no part of the pattern is unknown. */
  readonly isExact: boolean;
  /** Whether the pattern may mean more than `files`: too many files, or files outside the project. */
  readonly isTooWide: boolean;
}

/** How to search for the files of a pattern. */
export interface PatternSearch {
  /** Absolute path of the project's folder. Only a pattern without unknown parts may match files outside. */
  readonly root: string;
  /** How the pattern is used. For a module `a.js` may be `a.ts`, and `a` may be `a.js` or `a/index.js`. */
  readonly use: ReferenceUse;
}

const MODULE_USES: ReadonlySet<ReferenceUse> = new Set(['import', 'require', 'worker', 'fork', 'resolve']);

/**
 * Finds the files that a pattern may mean: the file that it names, all files of the folder that it names, or those that
 * match its unknown parts. An unknown part after a `/` matches one or more names; any other matches a part of a name.
 * No unknown part matches a name that begins with a dot. Files in folders such as `node_modules` match only if the
 * pattern names them. If a path does not exist, placeholders in it, such as those of a template or a glob, count as
 * unknown parts.
 */
export async function findPatternFiles(pattern: PathPattern, search: PatternSearch): Promise<PatternFiles> {
  const isExact = !pattern.parts.includes(null);
  const found = { files: [], folders: [], isExact, isTooWide: false };
  if (pattern.kind === 'specifier') return found;
  const isModule = MODULE_USES.has(search.use);
  const root = toPosix(search.root);
  if (!isExact) return { ...found, ...(await findMatching(pattern, root, isModule)) };
  const [file = ''] = pattern.parts;
  const named = await findNamed(withoutSlash(file ?? ''), root, isModule);
  const template = isModule || isFound(named) ? undefined : templateOf(file ?? '');
  if (template === undefined) return { ...found, ...named };
  return findPatternFiles({ ...pattern, parts: template }, search);
}

function isFound({ files, folders }: Found): boolean {
  return files !== undefined || folders !== undefined;
}

async function findMatching(pattern: PathPattern, root: string, isModule: boolean): Promise<Found> {
  const start = pattern.parts[0] ?? '';
  const folder = start.slice(0, start.lastIndexOf('/')) || '/';
  const isInside = isBelow(folder, root) && !folder.slice(root.length).split('/').some(isSkipped);
  if (!isInside) return { isTooWide: true };
  if (!(await kindOf(folder)).isFolder) return {};
  const guessed = await findGuessed(folder, matcherOf(pattern, isModule));
  return isModule && folder === root ? direct(guessed, root) : guessed;
}

/**
 * Matches text that libraries replace in a path: in templates such as `locales/{{lng}}.json`, and in globs such as
 * `*.sql`.
 */
const PLACEHOLDER = /\{\{[^{}/]*\}\}|\{[^{}/]*\}|\[[^[\]/]+\]|\*+|%[sd]/;

/** Returns the parts of a path with its placeholders as unknown text; undefined for a path without placeholders. */
function templateOf(file: string): (string | null)[] | undefined {
  if (!PLACEHOLDER.test(file)) return undefined;
  return file
    .split(PLACEHOLDER)
    .flatMap((text) => [text, null])
    .slice(0, -1)
    .filter((part) => part !== '');
}

type Found = Partial<PatternFiles>;

/**
 * Keeps only the modules directly in the project's folder. Its subfolders have tests and tools, which would add the
 * packages that they need.
 */
function direct({ files = [], isTooWide = false }: Found, root: string): Found {
  const near = files.filter((file) => toPosix(path.dirname(file)) === root);
  return { files: near, isTooWide: isTooWide || near.length < files.length };
}

async function findNamed(named: string, root: string, isModule: boolean): Promise<Found> {
  const kind = await kindOf(named);
  if (kind.isFile) return { files: [toNative(named)] };
  if (isModule || !kind.isFolder) {
    // `require.resolve` also finds a file whose extension is omitted.
    for (const file of isModule ? filesOfSpelling(named) : withEndings(named))
      if ((await kindOf(file)).isFile) return { files: [toNative(file)] };
    return {};
  }
  if (isSkipped(path.posix.basename(named))) return { isTooWide: true };
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
    // Also matches the files of a folder that the pattern names.
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
