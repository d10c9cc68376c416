import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { BUNDLE_OWN_FOLDER } from '../../../lib/contract/index.js';
import { collectFiles } from '../collect-files.js';
import type { IgnoreRules } from '../folder-filter.js';
import { PYTHON_BUILD_PATTERNS } from '../ignored-patterns.js';
import type { Listing } from '../layer/list-folder.js';
import { kindAt } from './local-reference.js';
import type { Named } from './named.js';

/** What a folder of links can have that pip looks at. */
const LINKED = /\.(whl|zip|tar|tgz|tbz|txz|tlz|tar\.(gz|bz2|xz|lz|lzma)|html?)$/i;

/** The rules of folders of Python code: the user's own patterns come last and win. */
export function pythonRules(rules: IgnoreRules): IgnoreRules {
  return { ...rules, alsoIgnored: PYTHON_BUILD_PATTERNS };
}

/**
 * Lists the files of something that a requirements file names.
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

/** Lists files for the bundle's own folder, which is refused to users: they are collected without it. */
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

/** One listing of several. */
export function joinListings(listings: readonly Listing[]): Listing {
  return {
    entries: listings.flatMap(({ entries }) => entries),
    leftOut: async (signal) => (await Promise.all(listings.map(({ leftOut }) => leftOut(signal)))).flat(),
  };
}

function belowOwnFolder(sources: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(sources).map(([place, source]) => [place.slice(BUNDLE_OWN_FOLDER.length + 1), source]),
  );
}

/** Of a folder the archives in it, of a page those beside it, too. */
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
