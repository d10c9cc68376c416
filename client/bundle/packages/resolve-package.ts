import { lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';

import { pnpOf } from './pnp.js';

/** Where a package is found by its name. */
export interface FoundPackage {
  /** The package's folder with links followed; in Yarn PnP the folder that Yarn resolves to. */
  readonly folder: string;
  /** The entry of a `node_modules` folder that leads to it. Undefined in Yarn PnP. */
  readonly entry?: string;
}

/** Finds packages as Node does. */
export interface PackageResolver {
  /**
   * Finds a package by its name.
   * @param from folder of the module or package that asks, with links followed
   */
  resolve(from: string, name: string): FoundPackage | undefined;
}

/** Makes a resolver that looks at each place once. */
export function createResolver(): PackageResolver {
  const known = new Map<string, FoundPackage | undefined>();
  return {
    resolve(from, name) {
      const pnp = pnpOf(from);
      if (pnp !== undefined) return pnp.resolve(from, name);
      for (let folder = from; ; folder = path.dirname(folder)) {
        const found =
          path.basename(folder) === 'node_modules'
            ? undefined
            : look(path.join(folder, 'node_modules', name));
        if (found !== undefined || folder === path.dirname(folder)) return found;
      }
    },
  };

  function look(entry: string): FoundPackage | undefined {
    if (!known.has(entry)) known.set(entry, packageAt(entry));
    return known.get(entry);
  }
}

function packageAt(entry: string): FoundPackage | undefined {
  const stats = lstatSync(entry, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  try {
    const folder = realpathSync.native(entry);
    return lstatSync(folder).isDirectory() ? { folder, entry } : undefined;
  } catch {
    // A link that leads nowhere.
    return undefined;
  }
}
