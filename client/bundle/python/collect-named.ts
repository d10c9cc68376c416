import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { BUNDLE_OWN_FOLDER } from '../../../lib/contract/index.js';
import { collectFiles } from '../files/collect-files.js';
import type { IgnoreRules } from '../files/folder-filter.js';
import { PYTHON_BUILD_PATTERNS } from '../files/ignored-patterns.js';
import { joinListings, type Listing } from '../files/list-folder.js';
import { kindAt } from './local-reference.js';
import type { Named } from './named.js';

/** Files in a folder of `--find-links` that pip reads. */
const LINKED = /\.(whl|zip|tar|tgz|tbz|txz|tlz|tar\.(gz|bz2|xz|lz|lzma)|html?)$/i;

/** Returns the rules for folders of Python code. The user's own patterns come last and override the others. */
export function pythonRules(rules: IgnoreRules): IgnoreRules {
  return { ...rules, alsoIgnored: PYTHON_BUILD_PATTERNS };
}

/**
 * Lists the files of a project, archive or folder that a requirements file names.
 *
 * @param place its path in the bundle
 * @throws CodeseederError `PackFailed`
 */
export async function collectNamed(
  { kind, path: source }: Named,
  place: string,
  rules: IgnoreRules,
): Promise<Listing> {
  switch (kind) {
    case 'project':
      return collectOwn({ [place]: source }, {}, pythonRules(rules));
    case 'index':
      return collectOwn({ [place]: source }, {}, { ignore: ['!*'] });
    case 'archive':
      return collectOwn({}, { [place]: source });
    case 'links':
      return collectLinks(source, place);
    case 'requirements':
    case 'bundled':
      return joinListings([]);
  }
}

/** Lists files for codeseeder's own folder in the bundle, which {@link collectFiles} refuses. */
export async function collectOwn(
  dirs: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
  rules: IgnoreRules = {},
): Promise<Listing> {
  const { entries, leftOut } = await collectFiles(belowOwnFolder(dirs), belowOwnFolder(files), rules);
  return {
    entries: entries.map((entry) => ({ ...entry, path: `${BUNDLE_OWN_FOLDER}/${entry.path}` })),
    leftOut,
  };
}

function belowOwnFolder(sources: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(sources).map(([place, source]) => [place.slice(BUNDLE_OWN_FOLDER.length + 1), source]),
  );
}

/** Lists the archives of `--find-links`: those in a folder, or beside an HTML page. */
async function collectLinks(source: string, place: string): Promise<Listing> {
  const isFolder = (await kindAt(source)) === 'folder';
  const [folder, below] = isFolder ? [source, place] : [path.dirname(source), path.posix.dirname(place)];
  const names = (await readdir(folder)).filter((name) => LINKED.test(name));
  const kinds = await Promise.all(names.map((name) => kindAt(path.join(folder, name))));
  const files = names.filter((_, index) => kinds[index] === 'file');
  return collectOwn(
    {},
    Object.fromEntries(files.map((name) => [`${below}/${name}`, path.join(folder, name)])),
  );
}
