import { statSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';

import type { FoundPackage } from './found-package.js';

/** The part of Yarn's PnP API that codeseeder uses. @see https://yarnpkg.com/advanced/pnpapi */
interface PnpApi {
  resolveToUnqualified(
    request: string,
    issuer: string,
    options?: { readonly considerBuiltins?: boolean },
  ): string | null;
}

interface PnpModule {
  readonly findPnpApi?: (place: string) => PnpApi | null;
}

/** Finds packages of a project that Yarn installed without `node_modules`. */
export interface PnpResolver {
  resolve(from: string, name: string): FoundPackage | undefined;
}

/**
 * Returns the resolver of a folder that Yarn PnP manages; undefined for other folders, and in a process without PnP.
 */
export function pnpOf(folder: string): PnpResolver | undefined {
  const api = (Module as PnpModule).findPnpApi?.(`${folder}${path.sep}`);
  if (!api) return undefined;
  return {
    resolve(from, name) {
      try {
        const found = api.resolveToUnqualified(name, `${from}${path.sep}`, { considerBuiltins: false });
        // Yarn also resolves packages of other platforms, which are not installed, and `pnpapi`, which is a file.
        const isInstalled =
          found !== null && statSync(found, { throwIfNoEntry: false })?.isDirectory() === true;
        return isInstalled ? { folder: found.replace(/[\\/]$/, '') } : undefined;
      } catch {
        // The package is not declared, or is a missing peer.
        return undefined;
      }
    },
  };
}
