import path from 'node:path';

import type { LinkEntry } from '../layer/layer.js';
import type { KeptPackage, PackageClosure } from './package-closure.js';
import { packageFolderOf } from './package-folder.js';
import type { FoundPackage } from './resolve-package.js';

/** Where kept packages are in the bundle. */
export interface PackagePlaces {
  /** Returns the path inside the bundle of a kept package, with `/`. @param folder its folder at home */
  placeOf(folder: string): string;
  /** Links that lead to packages from where they are looked for. */
  readonly links: readonly LinkEntry[];
}

/** Folder for packages that have no place of their own below the base: linked ones, and those of Yarn PnP. */
const STORE = 'node_modules/.codeseeder';

/**
 * Gives each package the place that it has at home, seen from the base. A package that is elsewhere, or in a zip, gets
 * a place in a store, and a link for each name by which it is found.
 *
 * @param base folder that becomes the bundle's root, with links followed
 */
export function placePackages(closure: PackageClosure, base: string): PackagePlaces {
  const places = placesOf(closure, base);
  const placeOf = (folder: string): string => places.get(folder) ?? '';
  const links = new Map<string, LinkEntry>();

  for (const { from, name, found } of closure.imports) {
    addLink(found, `${ownPlace(from)}node_modules/${name}`);
  }
  for (const { folder, dependencies } of closure.packages.values()) {
    for (const [name, found] of dependencies)
      addLink(found, `${placeOf(folder)}/node_modules/${name}`, folder);
  }
  return { placeOf, links: [...links.values()] };

  /** @param elsewhere where the link is put when the package is not found below the base */
  function addLink(found: FoundPackage, elsewhere: string, of?: string): void {
    const isMoved = of !== undefined && !isInPlace(of, base);
    const place = (isMoved ? undefined : below(base, found.entry)) ?? elsewhere;
    const target = placeOf(found.folder);
    if (place === target) return;
    links.set(place, {
      kind: 'link',
      path: place,
      target: path.posix.relative(path.posix.dirname(place), target),
    });
  }

  function ownPlace(from: string): string {
    const folder = packageFolderOf(`${from}/x`) ?? from;
    const place = places.get(folder) ?? below(base, folder);
    return place === undefined || place === '' ? '' : `${place}/`;
  }
}

function placesOf({ packages }: PackageClosure, base: string): Map<string, string> {
  const places = new Map<string, string>();
  const ids = new Set<string>();
  for (const one of packages.values()) {
    const place = isInPlace(one.folder, base) ? below(base, one.folder) : undefined;
    places.set(one.folder, place ?? `${STORE}/${newId(one, ids)}/node_modules/${one.name}`);
  }
  return places;
}

function newId({ name, version }: KeptPackage, ids: Set<string>): string {
  const first = `${name.replaceAll('/', '+')}@${version}`;
  let id = first;
  for (let count = 2; ids.has(id); count += 1) id = `${first}-${count}`;
  ids.add(id);
  return id;
}

/** Whether a package can have the place that it has at home: not one's own module, and in no zip. */
function isInPlace(folder: string, base: string): boolean {
  const isInstalled = packageFolderOf(`${folder}/package.json`) !== undefined;
  return isInstalled && below(base, folder) !== undefined && !YARN_FOLDER.test(folder);
}

/** Packages of Yarn PnP see only what Yarn says that they see, so that each needs links of its own. */
const YARN_FOLDER = /\.zip[\\/]node_modules[\\/]|[\\/]\.yarn[\\/](?:unplugged|__virtual__)[\\/]/;

/** A path seen from the base, with `/`; undefined when it is outside. */
function below(base: string, place: string | undefined): string | undefined {
  if (place === undefined) return undefined;
  const relative = path.relative(base, place);
  const isInside = relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
  return isInside ? relative.split(path.sep).join('/') : undefined;
}
