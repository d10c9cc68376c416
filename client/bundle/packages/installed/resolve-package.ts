import { lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';

import type { FoundPackage } from './found-package.js';
import { pnpOf } from './pnp.js';

/** Finds packages as Node does. */
export interface PackageResolver {
  /**
   * Finds a package by its name.
   * @param from folder of the importing module or package, without links
   */
  resolve(from: string, name: string): FoundPackage | undefined;
}

/** Creates a resolver that reads each entry of `node_modules` once. */
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
    // Ignores a dangling link.
    return undefined;
  }
}
