import path from 'node:path';

import type { LinkEntry } from '../../layer/layer.js';
import type { KeptPackage, PackageClosure } from '../closure/package-closure.js';
import { packageFolderOf } from '../installed/package-folder.js';
import type { FoundPackage } from '../installed/found-package.js';

/** The paths of kept packages in the bundle. */
export interface PackagePlaces {
  /** Returns the path of a kept package in the bundle, with `/`. @param folder its folder on this machine */
  placeOf(folder: string): string;
  /** Links to packages from the folders in which Node searches for them. */
  readonly links: readonly LinkEntry[];
}

/** Folder for packages that cannot keep their path: linked ones, and those of Yarn PnP. */
const STORE = 'node_modules/.codeseeder';

/**
 * Gives each package its path relative to the base. A package that is outside the base, or in a zip, gets a path in a
 * store, and a link for each name by which it is loaded.
 *
 * @param base folder that becomes the bundle's root, without links
 */
export function placePackages(closure: PackageClosure, base: string): PackagePlaces {
  const places = placesOf(closure, base);
  const placeOf = (folder: string): string => places.get(folder) ?? '';
  const links = new Map<string, LinkEntry>();

  for (const { from, name, found } of closure.imports) {
    addLink(found, `${ownPlace(from)}node_modules/${name}`);
  }
  for (const one of closure.packages.values()) {
    for (const [name, found] of one.dependencies) addLink(found, linkOf(one, name), one.folder);
  }
  return { placeOf, links: [...links.values()] };

  /**
   * Adds a link to a package.
   * @param elsewhere path of the link if the package is not found below the base
   */
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

  /** Returns the path of a link to a dependency that is not below the base, or whose package does not keep its path. */
  function linkOf({ folder, name: own }: KeptPackage, name: string): string {
    const place = placeOf(folder);
    // The link is in the same folder as the package, as with pnpm and npm, because native addons find libraries of
    // other packages by such paths.
    const isNested = name === own || isInPlace(folder, base);
    return isNested ? `${place}/node_modules/${name}` : `${place.slice(0, -own.length)}${name}`;
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

/** Returns whether a package can keep its path: it is installed below the base, and not in a zip. */
function isInPlace(folder: string, base: string): boolean {
  const isInstalled = packageFolderOf(`${folder}/package.json`) !== undefined;
  return isInstalled && below(base, folder) !== undefined && !YARN_FOLDER.test(folder);
}

/** Matches folders of Yarn PnP. Its packages see only the packages that Yarn allows, so each needs its own links. */
const YARN_FOLDER = /\.zip[\\/]node_modules[\\/]|[\\/]\.yarn[\\/](?:unplugged|__virtual__)[\\/]/;

/** Returns a path relative to the base, with `/`; undefined if it is outside. */
function below(base: string, place: string | undefined): string | undefined {
  if (place === undefined) return undefined;
  const relative = path.relative(base, place);
  const isInside = relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
  return isInside ? relative.split(path.sep).join('/') : undefined;
}
