import path from 'node:path';

import type { PackageCatalog } from './package-catalog.js';
import type { KeepSign } from '../scan/scan-package.js';

/** Whether a package must be kept as files, because bundling would change its behavior. */
export type Verdict = { readonly keep: false } | ({ readonly keep: true } & KeepSign);

/**
 * Decides whether a package must be kept as files, from all of its files that may be bundled. In doubt the package is
 * kept. The bundle is then larger, but works.
 *
 * @param folder from `packageFolderOf`
 * @param file the imported file, if it is known: an import may lead to a script that is not an entry point
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
