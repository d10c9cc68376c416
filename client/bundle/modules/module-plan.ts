import path from 'node:path';

import { BUNDLE_PATHS } from '../../../lib/contract/index.js';
import type { PackageClosure } from '../packages/package-closure.js';
import { packageFolderOf } from '../packages/package-folder.js';
import { placePackages } from '../packages/package-places.js';

/** What is known before a build of esbuild, and grows from build to build until nothing is new. */
export interface ModulePlan extends PlanParts {
  /** Returns a file's path below the bundle's root, with `/`. */
  placeOf(file: string): string;
  /** Returns how compiled code names a file of the bundle. */
  fromOutput(file: string): string;
}

export interface PlanParts {
  /** Folder that becomes the bundle's root. */
  readonly base: string;
  /** Modules to compile: the targets, then those that code names when it runs. */
  readonly entries: readonly string[];
  /** Own modules that are taken along as they are, because code reads or requires them as files. */
  readonly native: ReadonlySet<string>;
  /** Packages that are taken along as files. */
  readonly closure: PackageClosure;
}

/** From a compiled module's folder to the bundle's root. */
export const TO_ROOT = BUNDLE_PATHS.nodeModules
  .split('/')
  .map(() => '..')
  .join('/');

export function modulePlan(parts: PlanParts): ModulePlan {
  const packages = placePackages(parts.closure, parts.base);
  const placeOf = (file: string) => {
    const folder = packageFolderOf(file);
    const isPlaced = folder !== undefined && parts.closure.packages.has(folder);
    return isPlaced
      ? [packages.placeOf(folder), ...segmentsBetween(folder, file)].join('/')
      : segmentsBetween(parts.base, file).join('/');
  };
  return { ...parts, placeOf, fromOutput: (file) => `${TO_ROOT}/${placeOf(file)}` };
}

/** Tells whether two plans give the same bundle. */
export function isSamePlan(one: ModulePlan, other: ModulePlan): boolean {
  return contentOf(one) === contentOf(other);
}

function contentOf({ base, entries, native, closure }: ModulePlan): string {
  return JSON.stringify([base, entries, [...native].sort(), [...closure.packages.keys()].sort()]);
}

function segmentsBetween(folder: string, file: string): string[] {
  return path.relative(folder, file).split(path.sep);
}
