import path from 'node:path';

import type { PackageCatalog } from './package-catalog.js';
import type { KeepSign } from './scan-package.js';

/** Whether a package must be kept as files, because bundling would change what it does. */
export type Verdict = { readonly keep: false } | ({ readonly keep: true } & KeepSign);

/**
 * Judges an installed package by all files that may be bundled. Where it is not sure, the package is kept: that makes
 * a bundle larger, never wrong.
 *
 * @param folder from `packageFolderOf`
 * @param file the imported file, where it is known: an import may lead to a script that is not meant to be imported
 */
export function judgePackage(packages: PackageCatalog, folder: string, file?: string): Verdict {
  const { sign, signsElsewhere, imports } = packages.scan(folder);
  if (sign !== undefined) return { keep: true, ...sign };
  const below = file === undefined ? undefined : path.relative(folder, file).split(path.sep).join('/');
  const elsewhere = signsElsewhere.find((other) => other.file === below);
  if (elsewhere !== undefined) return { keep: true, ...elsewhere };
  const missing = imports.find(({ name }) => packages.resolve(folder, name) === undefined);
  if (missing === undefined) return { keep: false };
  const { name, ...place } = missing;
  return { keep: true, reason: `can load ${name}, which is not installed`, ...place };
}
