import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { LockFile } from './find-lock-file.js';
import type { PackageJson } from '../installed/package-json.js';

/** Versions for projects without `packageManager`. */
const YARN_CLASSIC = '1.22.22';
const YARN_BERRY = '4';

/** Version of a lock file -> version of pnpm that writes it. @see https://pnpm.io/installation#compatibility */
const PNPM_BY_LOCK: Readonly<Record<string, string>> = { '5': '7', '6': '8', '9': '10' };

/**
 * Returns the commands that install the packages of a lock file, in its folder. They run the install scripts of
 * packages, but not those of the project, whose files are missing there.
 *
 * @param root the `package.json` beside the lock file
 * @param withDev whether development dependencies are needed too
 */
export function installCommands(lock: LockFile, root: PackageJson, withDev: boolean): string[] {
  switch (lock.manager) {
    case 'npm':
      return [
        `npm ci${withDev ? '' : ' --omit=dev'} --ignore-scripts --no-audit --no-fund`,
        'npm rebuild',
        ...patches(root),
      ];
    case 'pnpm': {
      const pnpm = `npx --yes pnpm@${versionIn(root, 'pnpm') ?? pnpmVersionOf(lock)}`;
      return [
        `${pnpm} install --frozen-lockfile${withDev ? '' : ' --prod'} --ignore-scripts`,
        `${pnpm} rebuild`,
      ];
    }
    case 'yarn-classic': {
      const yarn = `npx --yes yarn@${versionIn(root, 'yarn') ?? YARN_CLASSIC}`;
      const scope = withDev ? ' --production=false' : ' --production';
      return [
        `${yarn} install --frozen-lockfile${scope} --non-interactive --ignore-scripts`,
        'npm rebuild',
        ...patches(root),
      ];
    }
    case 'yarn-berry': {
      const yarn = `YARN_IGNORE_PATH=1 YARN_NODE_LINKER=node-modules npx --yes @yarnpkg/cli-dist@${versionIn(root, 'yarn') ?? YARN_BERRY}`;
      return [withDev ? `${yarn} install --immutable` : `${yarn} workspaces focus --all --production`];
    }
  }
}

/** Returns the version in `packageManager`, without its hash. */
function versionIn({ raw }: PackageJson, manager: string): string | undefined {
  const text = typeof raw['packageManager'] === 'string' ? raw['packageManager'] : '';
  const match = /^(\w+)@([\w.-]+)/.exec(text);
  return match?.[1] === manager ? match[2] : undefined;
}

function pnpmVersionOf({ folder, name }: LockFile): string {
  const text = readFileSync(path.join(folder, name), 'utf8');
  const major = /^lockfileVersion: *['"]?(\d+)/m.exec(text)?.[1] ?? '';
  return PNPM_BY_LOCK[major] ?? '10';
}

/** Returns the command of patch-package if a script of the project runs it. */
function patches({ scripts }: PackageJson): string[] {
  const runs = ['install', 'postinstall', 'prepare'].some((name) => scripts[name]?.includes('patch-package'));
  return runs ? ['npx --yes patch-package'] : [];
}
