import { refusePacking } from '../../layer/refuse-packing.js';
import type { Platform } from './binary-platform.js';
import { findLockFile, type LockFile, type PackageManager } from './find-lock-file.js';
import type { ForeignBinary } from './foreign-binaries.js';
import { installCommands } from './install-commands.js';
import { installFiles, type InstallFile } from './install-files.js';
import type { PackageCatalog } from '../closure/package-catalog.js';
import type { PackageClosure } from '../closure/package-closure.js';

/** How the build installs packages, if the installed ones are for the platform of this machine. */
export interface InstallPlan {
  readonly manager: PackageManager;
  /** Absolute path of the lock file's folder. The commands run in the same folder of the bundle. */
  readonly folder: string;
  /** Name of the lock file. */
  readonly lockFile: string;
  readonly files: readonly InstallFile[];
  /** Commands of a POSIX shell, one after the other. */
  readonly commands: readonly string[];
  /** Why the build installs packages, as a warning. */
  readonly reason: string;
}

/**
 * Plans the installation of the lock file's versions in the build.
 *
 * @param project the project's folder
 * @throws CodeseederError `PackFailed` if there is no lock file, or a dependency is a folder of this machine
 */
export function installPlan(
  packages: PackageCatalog,
  project: string,
  closure: PackageClosure,
  foreign: readonly ForeignBinary[],
  target: Platform,
): InstallPlan {
  const lock = findLockFile(project) ?? refuseWithoutLock(project, foreign, target);
  const withDev = needsDevelopment(packages, project, closure);
  return {
    manager: lock.manager,
    folder: lock.folder,
    lockFile: lock.name,
    files: installFiles(lock),
    commands: installCommands(lock, packages.json(lock.folder), withDev),
    reason: `${problemOf(foreign, target)}, so the build installs the packages of ${lock.name}`,
  };
}

/** Returns whether a dependency for development is imported. */
function needsDevelopment(packages: PackageCatalog, project: string, { imports }: PackageClosure): boolean {
  const { devDependencies, dependencies, optionalDependencies } = packages.json(project);
  return imports.some(
    ({ name }) =>
      devDependencies.includes(name) && !dependencies.includes(name) && !optionalDependencies.includes(name),
  );
}

function refuseWithoutLock(project: string, foreign: readonly ForeignBinary[], target: Platform): LockFile {
  return refusePacking(
    `${problemOf(foreign, target)}, and ${project} has no lock file from which the build could install it; create one, for example with npm install, or install the package here for that platform, for example with npm install --os=${target.os} --cpu=${target.cpu} --libc=${target.libc}`,
  );
}

function problemOf(foreign: readonly ForeignBinary[], { os, cpu, libc }: Platform): string {
  const [first] = foreign;
  const others = foreign.length > 1 ? `, and ${foreign.length - 1} more` : '';
  return `${first?.name ?? 'A package'} cannot run in the build (${os} ${cpu}, ${libc}): ${first?.problem ?? ''}${others}`;
}
