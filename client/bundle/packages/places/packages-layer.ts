import path from 'node:path';

import { requirePortableName } from '../../files/entry-name.js';
import { statsOf } from '../../layer/file-stats.js';
import type { LayerEntry } from '../../layer/layer.js';
import { LinkReader } from '../../files/link-target.js';
import { binLinks } from './bin-links.js';
import type { PackageItem } from '../installed/list-package.js';
import type { PackageCatalog } from '../closure/package-catalog.js';
import type { PackageClosure } from '../closure/package-closure.js';
import { placePackages, type PackagePlaces } from './package-places.js';

const PERMISSIONS = 0o777;

/**
 * Lists the files of kept packages and the links between them, with their paths in the bundle.
 *
 * @param base folder that becomes the bundle's root
 * @throws CodeseederError `PackFailed` for a name that the build would not unpack unchanged, and a link that leads
 *   outside its package
 */
export function packagesLayer(
  packages: PackageCatalog,
  closure: PackageClosure,
  base: string,
  places: PackagePlaces = placePackages(closure, base),
): LayerEntry[] {
  const entries: LayerEntry[] = [...places.links];
  for (const { folder } of closure.packages.values()) {
    const links = new LinkReader(folder);
    const place = places.placeOf(folder);
    for (const item of packages.items(folder)) entries.push(...entryOf(item, folder, place, links));
  }
  return [...entries, ...binLinks(packages, closure, places, base)];
}

function entryOf(item: PackageItem, folder: string, place: string, links: LinkReader): LayerEntry[] {
  const { below, stats, rawName } = item;
  const source = `${folder}/${below}`;
  requirePortableName(path.dirname(source), rawName ?? path.posix.basename(below));
  const inBundle = `${place}/${below}`;
  const mode = stats.mode & PERMISSIONS;
  if (stats.isFile()) return [{ kind: 'file', path: inBundle, mode, source, stats: statsOf(stats) }];
  if (stats.isDirectory()) return [{ kind: 'folder', path: inBundle, mode }];
  if (stats.isSymbolicLink()) return [{ kind: 'link', path: inBundle, target: links.targetOf(source) }];
  return [];
}
