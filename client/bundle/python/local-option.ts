import { homedir } from 'node:os';
import path from 'node:path';

import { kindAt, pathOfFileUrl, plainPath, UnusableReference } from './local-reference.js';
import type { Named, PackingPlace } from './named.js';
import type { ReadOption } from './read-option.js';
import type { PipOption } from './requirements-line.js';

/**
 * Finds the file or folder on this machine that an option of a requirements file names.
 *
 * @param beside the folder of the requirements file
 * @throws UnusableReference if a file that pip needs is missing
 */
export async function readLocalOption(
  option: PipOption,
  beside: string,
  place: PackingPlace,
): Promise<ReadOption> {
  const { name, value } = option;
  if (value === undefined) return option;
  const expanded = place.expand(value);
  if (/^(https?|ftp):/i.test(expanded)) return option;
  switch (name) {
    case 'requirement':
    case 'constraint':
      return includedFile(option, expanded, beside);
    case 'find-links':
      return linksFolder(option, expanded, [beside, place.folder], place);
    case 'index-url':
    case 'extra-index-url':
      return indexFolder(option, expanded, place);
    default:
      return option;
  }
}

async function includedFile(option: PipOption, expanded: string, beside: string): Promise<ReadOption> {
  const written = /^file:/i.test(expanded) ? pathOfFileUrl(expanded) : expanded;
  const include = await plainPath(path.resolve(beside, written));
  if ((await kindAt(include)) !== 'file') {
    throw new UnusableReference(
      `${written} is missing in ${beside}; a path after -r or -c is relative to the folder of the file that names it`,
    );
  }
  // A path relative to the file's folder is the same in the bundle.
  if (!path.isAbsolute(written) && option.value === written && path.join(beside, written) === include)
    return { ...option, include };
  return { ...option, include, parts: [{ named: { kind: 'requirements', path: include }, form: 'beside' }] };
}

/**
 * Finds the folder relative to the file, or else to the working folder. Ignores a missing folder, as pip does with a
 * warning.
 */
async function linksFolder(
  option: PipOption,
  expanded: string,
  folders: readonly string[],
  place: PackingPlace,
): Promise<ReadOption> {
  const written = localPath(expanded);
  for (const folder of folders) {
    const found = path.resolve(folder, written);
    if ((await kindAt(found)) !== undefined) return asUrl(option, { kind: 'links', path: found });
  }
  const bundled = path.isAbsolute(written) ? undefined : await place.bundled(written);
  return bundled === undefined ? option : asUrl(option, { kind: 'bundled', path: bundled });
}

/** Leaves out an index at an absolute path, because it may have the packages of the whole machine. */
async function indexFolder(option: PipOption, expanded: string, place: PackingPlace): Promise<ReadOption> {
  const written = localPath(expanded);
  if (path.isAbsolute(written)) return option;
  const found = path.resolve(place.folder, written);
  if ((await kindAt(found)) !== 'folder') return option;
  return asUrl(option, { kind: 'index', path: found });
}

function asUrl(option: PipOption, named: Named): ReadOption {
  return { ...option, parts: [{ named, form: 'url' }] };
}

function localPath(expanded: string): string {
  if (/^file:/i.test(expanded)) return pathOfFileUrl(expanded);
  return expanded.replace(/^~(?=\/|$)/, homedir());
}
