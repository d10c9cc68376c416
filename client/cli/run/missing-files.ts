import { existsSync } from 'node:fs';
import path from 'node:path';

import type { RunFailure, RunRecord } from '../../../lib/contract/index.js';
import { nearName } from '../../near-name.js';
import { placeOfModule } from '../../bundle/python/place-of-module.js';

/** Files that programs look for in the folder in which they run. */
const FILES_OF_PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  npm: ['package.json'],
  npx: ['package.json'],
  pnpm: ['package.json'],
  yarn: ['package.json'],
  bun: ['package.json'],
  cdk: ['cdk.json'],
  make: ['Makefile', 'makefile', 'GNUmakefile'],
  pytest: ['pyproject.toml', 'pytest.ini', 'setup.cfg', 'tox.ini'],
  poetry: ['pyproject.toml'],
  uv: ['pyproject.toml'],
  cargo: ['Cargo.toml'],
  go: ['go.mod'],
};

/**
 * Returns what to add to a command that failed in a build without files, if the working folder has a file that it names
 * or that its program looks for; undefined for another failure.
 *
 * @param command command line of `codeseeder run -- COMMAND`
 */
export function missingFilesAdvice(
  { bundle, failure }: Pick<RunRecord, 'bundle' | 'failure'>,
  command: string | undefined,
  workingFolder: string,
): string | undefined {
  if (command === undefined || bundle !== undefined || failure?.code !== 'CommandFailed') return undefined;
  const file = neededFile(command, workingFolder);
  if (file === undefined) return undefined;
  return `The build has no files of this folder, such as ${file}. To include them, add --dir: codeseeder run --dir . -- ${quoted(command)}`;
}

/**
 * Returns what to add to a Python function whose module the build did not find, if the working folder has the module,
 * or a local module has almost its name; undefined if neither is so, or if the build found the top-level package.
 *
 * @param target MODULE:FUNCTION
 * @param modules names of the local modules of the run
 */
export function missingModuleAdvice(
  { message }: Pick<RunFailure, 'message'>,
  target: string,
  modules: readonly string[],
  workingFolder: string,
): string | undefined {
  const [name = ''] = target.split(/[.:]/);
  // Python's own text, which names the first module of the path that it did not find.
  if (!message.includes(`No module named '${name}'`) || modules.includes(name)) return undefined;
  const place = placeOfModule(name, workingFolder)?.path;
  if (place !== undefined)
    return `This folder has ${place}, but the build did not find it as a module. Add \`--local-module ${name}=${place}\` to the command.`;
  const near = nearName(name, modules);
  if (near === undefined) return undefined;
  return `The build has the local module ${near}, but no ${name}. Did you mean ${near}${target.slice(name.length)}?`;
}

const REQUIREMENTS = 'requirements.txt';

/**
 * Returns what to add to a Python function that imported a package which the build does not have, if the working folder
 * has a `requirements.txt`; undefined for another failure. Call it only if the command installs no requirements.
 */
export function missingPackageAdvice(
  { remote }: Pick<RunFailure, 'remote'>,
  workingFolder: string,
): string | undefined {
  if (remote?.name !== 'ModuleNotFoundError' || !existsSync(path.resolve(workingFolder, REQUIREMENTS)))
    return undefined;
  return `This folder has ${REQUIREMENTS}, but the build has not installed it. Add \`--requirements ${REQUIREMENTS}\` to the command.`;
}

/** Returns the first file of the folder that a command names, or that one of its programs looks for. */
function neededFile(command: string, folder: string): string | undefined {
  return command
    .split(/[\s;&|()<>'"`]+/)
    .flatMap((word) => (isRelativePath(word) ? [word, ...(FILES_OF_PROGRAMS[word] ?? [])] : []))
    .find((file) => existsSync(path.resolve(folder, file)));
}

/** Returns whether a word may name a file below the folder. A flag, a variable and `.` name none. */
function isRelativePath(word: string): boolean {
  return /^(\.\/)?[\w@+-][\w@+./-]*$/.test(word) && !word.startsWith('-') && !word.includes('..');
}

/** Quotes a command line that has more than words. */
function quoted(command: string): string {
  return /^[\w /:=.,@%+-]+$/.test(command) ? command : `'${command.replaceAll("'", `'\\''`)}'`;
}
