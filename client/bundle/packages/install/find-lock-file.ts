import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Package managers, distinguished by their lock files. */
export type PackageManager = 'npm' | 'pnpm' | 'yarn-classic' | 'yarn-berry';

/** The lock file of a project or workspace. */
export interface LockFile {
  readonly manager: PackageManager;
  /** Absolute path of its folder: the project's, or that of its workspace. */
  readonly folder: string;
  readonly name: string;
}

/** Lock files, and the files that their package manager leaves in `node_modules` or beside it. */
const LOCK_FILES = [
  { name: 'package-lock.json', traces: ['node_modules/.package-lock.json'] },
  { name: 'npm-shrinkwrap.json', traces: ['node_modules/.package-lock.json'] },
  { name: 'pnpm-lock.yaml', traces: ['node_modules/.modules.yaml', 'node_modules/.pnpm'] },
  { name: 'yarn.lock', traces: ['node_modules/.yarn-state.yml', 'node_modules/.yarn-integrity', '.pnp.cjs'] },
] as const;

/** Finds the lock file of a project in its folder and those above it, up to the root of its repository. */
export function findLockFile(project: string): LockFile | undefined {
  for (let folder = project; ; folder = path.dirname(folder)) {
    const present = LOCK_FILES.filter(({ name }) => existsSync(path.join(folder, name)));
    // If there are several, the one of the manager that installed the packages is used.
    const used = present.find(({ traces }) => traces.some((trace) => existsSync(path.join(folder, trace))));
    const chosen = used ?? present[0];
    if (chosen !== undefined) return { manager: managerOf(folder, chosen.name), folder, name: chosen.name };
    if (existsSync(path.join(folder, '.git')) || folder === path.dirname(folder)) return undefined;
  }
}

function managerOf(folder: string, name: (typeof LOCK_FILES)[number]['name']): PackageManager {
  if (name === 'pnpm-lock.yaml') return 'pnpm';
  if (name !== 'yarn.lock') return 'npm';
  const text = readFileSync(path.join(folder, name), 'utf8');
  return /^__metadata:/m.test(text) ? 'yarn-berry' : 'yarn-classic';
}
