import path from 'node:path';

import { binaryPlatformOf, fitsPlatform, type BinaryPlatform, type Platform } from './binary-platform.js';
import type { PackageItem } from '../installed/list-package.js';
import { hasInstallStep } from '../scan/native-signs.js';
import type { PackageCatalog } from '../closure/package-catalog.js';
import type { KeptPackage, PackageClosure } from '../closure/package-closure.js';
import { isForPlatform, isInstalledOn, isNamedFor, nameWithoutPlatform } from './platform-package.js';

/** A kept package without binaries for the platform of the build. */
export interface ForeignBinary {
  readonly name: string;
  readonly version: string;
  /** Names the file that does not fit the platform, or the missing package, as a part of a sentence. */
  readonly problem: string;
}

/** Matches intermediate files from building an addon. */
const LEFT_BY_BUILDS = /(?:^|\/)obj\.target\//;
const PROGRAM_ENDINGS = ['', '.exe', '.bin'];
const EXECUTABLE = 0o111;

/**
 * Finds packages that must be installed for the build's platform: they have binaries for other platforms, but not for
 * that of the build.
 */
export function foreignBinaries(
  packages: PackageCatalog,
  closure: PackageClosure,
  target: Platform,
): ForeignBinary[] {
  return [...closure.packages.values()].flatMap((one) => {
    const problem = isForPlatform(packages.json(one.folder))
      ? undefined
      : (foreignFile(packages, one.folder, target) ?? missingVariant(packages, one, target));
    return problem === undefined ? [] : [{ name: one.name, version: one.version, problem }];
  });
}

/**
 * Returns the problem of a package whose addons or programs do not fit the platform; undefined if one of each kind
 * does.
 */
function foreignFile(packages: PackageCatalog, folder: string, target: Platform): string | undefined {
  const items = packages
    .items(folder)
    .filter(({ stats, rawName }) => stats.isFile() && rawName === undefined);
  const addons = items.filter(({ below }) => below.endsWith('.node') && !LEFT_BY_BUILDS.test(below));
  // Programs are checked only in a package with an install step. Others have programs for all platforms, and choose one
  // at run time.
  const programs = hasInstallStep(packages.json(folder)) ? items.filter(isProgram) : [];
  return firstUnlessOneFits(folder, addons, target) ?? firstUnlessOneFits(folder, programs, target);
}

function isProgram({ below, stats }: PackageItem): boolean {
  return (stats.mode & EXECUTABLE) !== 0 && PROGRAM_ENDINGS.includes(path.posix.extname(below));
}

function firstUnlessOneFits(
  folder: string,
  items: readonly PackageItem[],
  target: Platform,
): string | undefined {
  let first: string | undefined;
  for (const { below } of items) {
    const file = `${folder}/${below}`;
    const binary = binaryPlatformOf(file);
    if (binary === undefined) continue;
    if (fitsPlatform(file, binary, target)) return undefined;
    first ??= `${file} is for ${describe(binary)}`;
  }
  return first;
}

/** Returns the problem of a package that is installed for another platform, but not for the platform of the build. */
function missingVariant(
  packages: PackageCatalog,
  { folder, dependencies }: KeptPackage,
  target: Platform,
): string | undefined {
  const { optionalDependencies } = packages.json(folder);
  const variants = optionalDependencies.flatMap((name) => {
    const found = dependencies.get(name);
    const isVariant = found !== undefined && isForPlatform(packages.json(found.folder));
    return isVariant ? [{ kind: nameWithoutPlatform(name), fits: fits(packages, found.folder, target) }] : [];
  });
  for (const { kind } of variants) {
    if (variants.some((other) => other.kind === kind && other.fits)) continue;
    const needed = optionalDependencies.filter(
      (name) => nameWithoutPlatform(name) === kind && isNamedFor(name, target),
    );
    // A package that exists for one platform only, such as fsevents, is not needed in the build.
    if (needed.length === 0) continue;
    const missing = needed.find((name) => !dependencies.has(name));
    return missing === undefined ? `${needed[0] ?? ''} does not fit` : `${missing} is not installed`;
  }
  return undefined;
}

function fits(packages: PackageCatalog, folder: string, target: Platform): boolean {
  return isInstalledOn(packages.json(folder), target) && foreignFile(packages, folder, target) === undefined;
}

function describe({ os, cpus }: BinaryPlatform): string {
  return `${os} ${cpus.join(' and ')}`;
}
