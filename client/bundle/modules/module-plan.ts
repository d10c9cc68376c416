import path from 'node:path';

import { BUNDLE_PATHS } from '../../../lib/contract/index.js';
import type { PackageClosure } from '../packages/closure/package-closure.js';
import { packageFolderOf } from '../packages/installed/package-folder.js';
import { placePackages } from '../packages/places/package-places.js';

/** The plan of one round of packing. Each round adds to it until there is nothing new. */
export interface ModulePlan extends PlanParts {
  /** Returns the path of a file in the bundle, with `/`. */
  placeOf(file: string): string;
  /** Returns the path of a file relative to compiled modules. */
  fromOutput(file: string): string;
}

/** The decisions of a plan. */
export interface PlanParts {
  /** Folder that becomes the bundle's root. */
  readonly base: string;
  /** Modules to compile: the targets, then those that code loads by a computed name. */
  readonly entries: readonly string[];
  /** The user's modules that are included as they are, because code reads or requires them as files. */
  readonly native: ReadonlySet<string>;
  /** Packages that are included as files. */
  readonly closure: PackageClosure;
}

/** The bundle's root relative to the folder of compiled modules. */
export const TO_ROOT = BUNDLE_PATHS.nodeModules
  .split('/')
  .map(() => '..')
  .join('/');

/** Creates a plan from its decisions. */
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

/** Returns whether two plans result in the same bundle. */
export function isSamePlan(one: ModulePlan, other: ModulePlan): boolean {
  return contentOf(one) === contentOf(other);
}

function contentOf({ base, entries, native, closure }: ModulePlan): string {
  return JSON.stringify([base, entries, [...native].sort(), [...closure.packages.keys()].sort()]);
}

function segmentsBetween(folder: string, file: string): string[] {
  return path.relative(folder, file).split(path.sep);
}
