import { statSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';

import type { FoundPackage } from './resolve-package.js';

/** What codeseeder uses of Yarn's PnP API. @see https://yarnpkg.com/advanced/pnpapi */
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

/** The resolver for a folder that Yarn PnP manages; undefined for all others, and in a process without PnP. */
export function pnpOf(folder: string): PnpResolver | undefined {
  const api = (Module as PnpModule).findPnpApi?.(`${folder}${path.sep}`);
  if (!api) return undefined;
  return {
    resolve(from, name) {
      try {
        const found = api.resolveToUnqualified(name, `${from}${path.sep}`, { considerBuiltins: false });
        // Yarn knows packages for other platforms too, which it has not installed; `pnpapi` is a file.
        const isInstalled =
          found !== null && statSync(found, { throwIfNoEntry: false })?.isDirectory() === true;
        return isInstalled ? { folder: found.replace(/[\\/]$/, '') } : undefined;
      } catch {
        // Undeclared, or a peer that nobody provides.
        return undefined;
      }
    },
  };
}
