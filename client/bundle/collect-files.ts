import { stat } from 'node:fs/promises';
import path from 'node:path';

import { BUNDLE_OWN_FOLDER } from '../../lib/contract/index.js';
import type { IgnoreRules } from './folder-filter.js';
import { requirePortablePath } from './layer/entry-name.js';
import { statsOf } from './layer/file-stats.js';
import type { LayerEntry } from './layer/layer.js';
import { listFolder, type Listing } from './layer/list-folder.js';
import { refusePacking } from './layer/refuse-packing.js';

/**
 * Lists the files, links and folders of `dirs` and `files`, as they will lie in the bundle.
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
): Promise<Listing> {
  for (const name of [...Object.keys(dirs), ...Object.keys(files)]) requirePathInside(name);
  const ofFolders = await Promise.all(
    Object.entries(dirs).map(([place, folder]) => listFolder({ place, folder, rules })),
  );
  const single = await Promise.all(Object.entries(files).map(([name, file]) => listFile(name, file)));
  const entries = [...ofFolders.flatMap((listing) => listing.entries), ...single];
  refuseDoubles(entries);
  return {
    entries,
    leftOut: async (signal) =>
      (await Promise.all(ofFolders.map((listing) => listing.leftOut(signal)))).flat(),
  };
}

async function listFile(name: string, file: string): Promise<LayerEntry> {
  const source = path.resolve(file);
  const found = await stat(source).catch((cause: unknown) =>
    refusePacking(`The file ${file} is missing`, cause),
  );
  if (!found.isFile()) refusePacking(`${file} is not a file`);
  return { kind: 'file', path: name, mode: found.mode & 0o777, source, stats: statsOf(found) };
}

/** Refuses a name that the user gave for a place in the bundle. @throws CodeseederError `PackFailed` */
export function requirePathInside(name: string): void {
  const segments = name.split('/');
  const isPlain = segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..');
  if (!isPlain || name.includes('\\') || name.includes('\0')) {
    refusePacking(
      `${JSON.stringify(name)} is not a path inside the bundle; use names such as app or conf/app.json`,
    );
  }
  requirePortablePath(name);
  if (segments[0] === BUNDLE_OWN_FOLDER) {
    refusePacking(`${name}: the folder ${BUNDLE_OWN_FOLDER} is codeseeder's own`);
  }
}

/** Refuses entries of which two would be in the same place of the bundle. @throws CodeseederError `PackFailed` */
export function refuseDoubles(entries: readonly LayerEntry[]): void {
  const seen = new Map<string, LayerEntry>();
  for (const entry of entries) {
    const other = seen.get(entry.path);
    if (other === undefined) seen.set(entry.path, entry);
    else if (entry.kind !== 'folder' || other.kind !== 'folder') {
      refusePacking(`${entry.path} is given twice, by ${sourceOf(other)} and ${sourceOf(entry)}`);
    }
  }
  const checked = new Set<string>();
  for (const name of seen.keys()) {
    for (let folder = parentOf(name); folder !== '' && !checked.has(folder); folder = parentOf(folder)) {
      checked.add(folder);
      const kind = seen.get(folder)?.kind ?? 'folder';
      if (kind !== 'folder') refusePacking(`${folder} is given as a ${kind}, and as the folder of ${name}`);
    }
  }
}

function sourceOf(entry: LayerEntry): string {
  if (entry.kind !== 'file') return `a ${entry.kind}`;
  return 'source' in entry ? entry.source : 'codeseeder';
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}
