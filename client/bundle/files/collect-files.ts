import { stat } from 'node:fs/promises';
import path from 'node:path';

import { BUNDLE_OWN_FOLDER } from '../../../lib/contract/index.js';
import type { IgnoreRules } from './folder-filter.js';
import { requirePortablePath } from './entry-name.js';
import { statsOf } from '../layer/file-stats.js';
import type { LayerEntry } from '../layer/layer.js';
import { joinListings, listFolder, type Listing } from './list-folder.js';
import { refusePacking } from '../layer/refuse-packing.js';

/**
 * Lists the files, links and folders of `dirs` and `files`, with their paths in the bundle.
 *
 * @param dirs path in the bundle -> folder on this machine
 * @param files path in the bundle -> file on this machine
 * @param rules patterns of files to leave out of the folders
 * @throws CodeseederError `PackFailed` if a file is missing, a link leads outside or a path is not inside the bundle
 */
export async function collectFiles(
  dirs: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
  rules: IgnoreRules = {},
): Promise<Listing> {
  for (const name of [...Object.keys(dirs), ...Object.keys(files)]) requirePathInside(name);
  const folders = await Promise.all(
    Object.entries(dirs).map(([place, folder]) => listFolder({ place, folder, rules })),
  );
  const single = await Promise.all(Object.entries(files).map(([name, file]) => listFile(name, file)));
  const listing = joinListings(folders);
  const entries = [...listing.entries, ...single];
  refuseDuplicates(entries);
  return { entries, leftOut: listing.leftOut };
}

async function listFile(name: string, file: string): Promise<LayerEntry> {
  const source = path.resolve(file);
  const found = await stat(source).catch((cause: unknown) =>
    refusePacking(`The file ${file} is missing; create it, or remove it from \`files\``, cause),
  );
  if (!found.isFile()) refusePacking(`${file} is not a file; use \`dirs\` or --dir for a folder`);
  return { kind: 'file', path: name, mode: found.mode & 0o777, source, stats: statsOf(found) };
}

/** Refuses a key of `dirs` or `files` that is not a path inside the bundle. @throws CodeseederError `PackFailed` */
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
    refusePacking(
      `${name} is in the folder ${BUNDLE_OWN_FOLDER}, which codeseeder uses itself; use another name`,
    );
  }
}

/** Refuses two entries with the same path in the bundle. @throws CodeseederError `PackFailed` */
export function refuseDuplicates(entries: readonly LayerEntry[]): void {
  const seen = new Map<string, LayerEntry>();
  for (const entry of entries) {
    const other = seen.get(entry.path);
    if (other === undefined) seen.set(entry.path, entry);
    else if (entry.kind !== 'folder' || other.kind !== 'folder') {
      refusePacking(
        `Both ${sourceOf(other)} and ${sourceOf(entry)} would be ${entry.path} in the bundle; rename one`,
      );
    }
  }
  const checked = new Set<string>();
  for (const name of seen.keys()) {
    for (let folder = parentOf(name); folder !== '' && !checked.has(folder); folder = parentOf(folder)) {
      checked.add(folder);
      const kind = seen.get(folder)?.kind ?? 'folder';
      if (kind !== 'folder') {
        refusePacking(
          `${folder} would be both a ${kind} and the folder of ${name} in the bundle; rename one`,
        );
      }
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
