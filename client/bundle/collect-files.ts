import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

import { BUNDLE_OWN_FOLDER, CodeseederError } from '../../lib/contract/index.js';
import { folderFilter, type FolderFilter, type IgnoreRules } from './folder-filter.js';

/** A file to take along. */
export interface CollectedFile {
  /** Path inside the bundle, with `/`. */
  readonly path: string;
  /** Absolute path here. */
  readonly source: string;
  readonly isExecutable: boolean;
}

/**
 * Lists the files of `dirs` and `files`, as they will lie in the bundle.
 *
 * @param dirs name in the bundle -> folder here
 * @param files path in the bundle -> file here
 * @param rules what to leave out of the folders
 * @throws CodeseederError `PackFailed` naming the file that is missing, leads outside or would leave the bundle
 */
export async function collectFiles(
  dirs: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
  rules: IgnoreRules = {},
): Promise<CollectedFile[]> {
  const ofFolders = await Promise.all(
    Object.entries(dirs).map(([name, folder]) => collectFolder(name, folder, rules)),
  );
  const single = await Promise.all(Object.entries(files).map(([name, file]) => collectFile(name, file)));
  const collected = [...ofFolders.flat(), ...single];
  refuseDoubles(collected);
  return collected;
}

async function collectFolder(name: string, folder: string, rules: IgnoreRules): Promise<CollectedFile[]> {
  requirePathInside(name);
  const root = await realpath(folder).catch((cause: unknown) =>
    refuse(`The folder ${folder} is missing`, cause),
  );
  const collected: CollectedFile[] = [];
  await walk(root, [root], await folderFilter(root, rules));
  if (collected.length === 0) refuse(`The folder ${folder} has no files to take along`);
  return collected;

  async function walk(current: string, ancestors: readonly string[], filter: FolderFilter): Promise<void> {
    const entries = await readdir(current).catch((cause: unknown) =>
      refuse(`${current} is not a folder`, cause),
    );
    for (const entry of entries.sort()) {
      const place = path.join(current, entry);
      const below = path.relative(root, place).split(path.sep).join('/');
      // Before links are followed: what is left out may lead anywhere.
      if (filter.isIgnored(below, (await lstat(place)).isDirectory())) continue;
      const source = await followInside(place, root);
      const found = await stat(source);
      if (found.isDirectory() && !ancestors.includes(source)) {
        // A link inside the folder is walked under its own name.
        await walk(place, [...ancestors, source], await filter.enter(below));
      } else if (found.isFile()) {
        collected.push({ path: `${name}/${below}`, source, isExecutable: (found.mode & 0o111) !== 0 });
      }
    }
  }
}

async function collectFile(name: string, file: string): Promise<CollectedFile> {
  requirePathInside(name);
  const source = path.resolve(file);
  const found = await stat(source).catch((cause: unknown) => refuse(`The file ${file} is missing`, cause));
  if (!found.isFile()) refuse(`${file} is not a file`);
  return { path: name, source, isExecutable: (found.mode & 0o111) !== 0 };
}

/** Where a link leads, when that is inside the folder. */
async function followInside(file: string, root: string): Promise<string> {
  const isLink = (await lstat(file)).isSymbolicLink();
  const target = await realpath(file).catch((cause: unknown) =>
    refuse(`The link ${file} leads nowhere`, cause),
  );
  if (target !== root && !target.startsWith(root + path.sep)) {
    refuse(
      `${file} ${isLink ? 'is a link that leads' : 'lies'} outside of the folder, to ${target}; give that folder too, or leave the link out`,
    );
  }
  return target;
}

function requirePathInside(name: string): void {
  const segments = name.split('/');
  const isPlain = segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..');
  if (!isPlain || name.includes('\\') || name.includes('\0')) {
    refuse(`${JSON.stringify(name)} is not a path inside the bundle; use names such as app or conf/app.json`);
  }
  if (segments[0] === BUNDLE_OWN_FOLDER)
    refuse(`${name}: the folder ${BUNDLE_OWN_FOLDER} is codeseeder's own`);
}

function refuseDoubles(collected: readonly CollectedFile[]): void {
  const seen = new Map<string, string>();
  for (const { path: name, source } of collected) {
    const other = seen.get(name);
    if (other !== undefined) refuse(`${name} is given twice, by ${other} and ${source}`);
    seen.set(name, source);
  }
  for (const name of seen.keys()) {
    for (let folder = parentOf(name); folder !== ''; folder = parentOf(folder)) {
      if (seen.has(folder)) refuse(`${folder} is given as a file, and as the folder of ${name}`);
    }
  }
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}

function refuse(problem: string, cause?: unknown): never {
  throw new CodeseederError('PackFailed', `${problem}.`, { cause });
}
