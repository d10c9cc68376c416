import { statSync } from 'node:fs';
import path from 'node:path';

/** Matches a name by which a local module can be imported. */
export const MODULE_NAME = /^[A-Za-z_]\w*$/;

/** Folders of a project that have its packages and modules. */
const ROOTS: readonly string[] = ['.', './src'];

/** A top-level package or module of a folder. */
export interface ModulePlace {
  /** Path from the folder, as a local module names it, such as `./app`, `./app.py` or `./src/app`. */
  readonly path: string;
  readonly kind: 'package' | 'file';
}

/**
 * Finds a top-level package or module in a folder and in its `src`. As for Python, a package comes before a file of the
 * same name.
 *
 * @returns undefined if the folder has neither
 */
export function placeOfModule(name: string, folder: string): ModulePlace | undefined {
  const isFile = (place: string) =>
    statSync(path.join(folder, place), { throwIfNoEntry: false })?.isFile() === true;
  if (!MODULE_NAME.test(name)) return undefined;
  for (const root of ROOTS) {
    const place = root === '.' ? `./${name}` : `${root}/${name}`;
    if (isFile(`${place}/__init__.py`)) return { path: place, kind: 'package' };
    if (isFile(`${place}.py`)) return { path: `${place}.py`, kind: 'file' };
  }
  return undefined;
}
