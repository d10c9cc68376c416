import type { PackageManager } from './find-project.js';

/** Commands of a package manager, as words of a shell. */
interface Commands {
  readonly install: string;
  /** Installs exactly what the lock file names. */
  readonly installInCi: string;
  /** Start of a command that runs a program of an installed package. */
  readonly execute: string;
}

export const COMMANDS: Readonly<Record<PackageManager, Commands>> = {
  npm: { install: 'npm install', installInCi: 'npm ci', execute: 'npx' },
  pnpm: {
    install: 'pnpm install',
    installInCi: 'corepack enable && pnpm install --frozen-lockfile',
    execute: 'pnpm exec',
  },
  // `yarn run` of version 1 prints lines of its own on standard output.
  yarn: {
    install: 'yarn install',
    installInCi: 'corepack enable && yarn install --immutable',
    execute: 'npx',
  },
};

/** Returns the command that runs a script of `package.json`. */
export function scriptCommand(packageManager: PackageManager, script: string): string {
  return script === 'test' ? `${packageManager} test` : `${packageManager} run ${script}`;
}
