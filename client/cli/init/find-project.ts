import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

import { UsageError } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import { usesPytest } from './find-pytest.js';
import type { CiService, Language } from './init-flags.js';
import { isJsonObject } from './json-text.js';
import { readIfExists } from './read-if-exists.js';

/** Members of a `package.json` that `init` reads. */
export interface Manifest {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly packageManager?: unknown;
  readonly scripts?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly devDependencies?: Readonly<Record<string, unknown>>;
}

export type PackageManager = 'npm' | 'pnpm' | 'yarn';
export type TestRunner = 'node' | 'vitest' | 'jest';
export type PythonTests = 'unittest' | 'pytest';

/** The folder that `init` writes into, and what it found there. */
export interface Project {
  /** Absolute path. */
  readonly folder: string;
  /** Absolute path of the repository, or else of the workspace; it is `folder` if there is neither. */
  readonly repository: string;
  /** Text of `package.json`; undefined if there is none. */
  readonly manifestText: string | undefined;
  readonly manifest: Manifest;
  readonly packageManager: PackageManager;
  readonly testRunner: TestRunner;
  /** How the tests in Python run. */
  readonly pythonTests: PythonTests;
  /** Whether `.js` and `.ts` files are ES modules. A new `package.json` makes them ES modules. */
  readonly isModule: boolean;
  readonly defaultLanguage: Language;
  readonly defaultCi: CiService;
}

const LOCK_FILES: Readonly<Record<string, PackageManager>> = {
  'package-lock.json': 'npm',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
};

/**
 * Reads the folder of a project, which need not exist.
 * @throws UsageError if it is a file, or if a `package.json` in it is not a JSON object
 */
export async function findProject(folder: string, terminal: Terminal): Promise<Project> {
  const entry = await stat(folder).catch(() => undefined);
  if (entry !== undefined && !entry.isDirectory()) {
    throw new UsageError(`${folder} is a file. Give the folder of a project.`);
  }
  const names = await namesIn(folder);
  const manifestText = await readIfExists(path.join(folder, 'package.json'));
  const manifest = parseManifest(manifestText, folder);
  const above = await foldersAbove(folder);
  const repository = above.find(({ names: found }) => found.has('.git')) ?? (await workspaceIn(above));
  return {
    folder,
    repository: repository?.folder ?? folder,
    manifestText,
    manifest,
    packageManager: packageManagerOf(above, manifest, terminal),
    testRunner: testRunnerOf(manifest),
    pythonTests: (await usesPytest(folder, names)) ? 'pytest' : 'unittest',
    isModule: manifestText === undefined || manifest.type === 'module',
    defaultLanguage: languageOf(names, manifest),
    defaultCi: await ciOf(repository?.folder ?? folder),
  };
}

interface Folder {
  readonly folder: string;
  readonly names: ReadonlySet<string>;
}

/** Lists the folder and those above it, up to that of the repository. */
async function foldersAbove(start: string): Promise<Folder[]> {
  const folders: Folder[] = [];
  for (let folder = start; ; folder = path.dirname(folder)) {
    const names = await namesIn(folder);
    folders.push({ folder, names });
    if (names.has('.git') || folder === path.dirname(folder)) return folders;
  }
}

/** Returns the outermost folder with a workspace, which has the lock file of its members. */
async function workspaceIn(folders: readonly Folder[]): Promise<Folder | undefined> {
  for (const found of [...folders].reverse()) {
    if (found.names.has('pnpm-workspace.yaml')) return found;
    const text = await readIfExists(path.join(found.folder, 'package.json'));
    // A broken file above the project is not this command's problem.
    if (text !== undefined && /"workspaces"\s*:/.test(text)) return found;
  }
  return undefined;
}

function packageManagerOf(
  above: readonly Folder[],
  { packageManager }: Manifest,
  { environment }: Terminal,
): PackageManager {
  for (const { names } of above) {
    const lockFile = Object.keys(LOCK_FILES).find((name) => names.has(name));
    if (lockFile !== undefined) return LOCK_FILES[lockFile] ?? 'npm';
  }
  if (above.some(({ names }) => names.has('pnpm-workspace.yaml'))) return 'pnpm';
  const named = typeof packageManager === 'string' ? packageManager : environment['npm_config_user_agent'];
  const [, name] = /^(pnpm|yarn)[@/]/.exec(named ?? '') ?? [];
  return (name as PackageManager | undefined) ?? 'npm';
}

function testRunnerOf({ dependencies, devDependencies }: Manifest): TestRunner {
  const installed = { ...dependencies, ...devDependencies };
  if ('vitest' in installed) return 'vitest';
  return 'jest' in installed ? 'jest' : 'node';
}

/** Packages that `npm install` of codeseeder writes into the `package.json` of a project in another language. */
const OWN_PACKAGES: ReadonlySet<string> = new Set([
  'codeseeder',
  '@aws-cdk/toolkit-lib',
  'aws-cdk-lib',
  'constructs',
]);

function languageOf(names: ReadonlySet<string>, { dependencies, devDependencies }: Manifest): Language {
  const installed = { ...dependencies, ...devDependencies };
  const has = (pattern: RegExp) => [...names].some((name) => pattern.test(name));
  if (names.has('tsconfig.json') || 'typescript' in installed || has(/\.[mc]?tsx?$/)) return 'typescript';
  const isPython = has(/^(pyproject\.toml|setup\.py|setup\.cfg|requirements.*\.txt|Pipfile|uv\.lock)$|\.py$/);
  if (names.has('package.json')) {
    const hasOther = Object.keys(installed).some((name) => !OWN_PACKAGES.has(name));
    return isPython && !hasOther && !has(/\.[mc]?jsx?$/) ? 'python' : 'javascript';
  }
  if (isPython) return 'python';
  return has(/\.[mc]?jsx?$/) ? 'javascript' : 'typescript';
}

async function ciOf(repository: string): Promise<CiService> {
  const names = await namesIn(repository);
  if (names.has('.gitlab-ci.yml')) return 'gitlab';
  const config = await readIfExists(path.join(repository, '.git', 'config'));
  return /^\s*url\s*=.*gitlab/m.test(config ?? '') ? 'gitlab' : 'github';
}

function parseManifest(text: string | undefined, folder: string): Manifest {
  if (text === undefined) return {};
  const file = path.join(folder, 'package.json');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${file} is not JSON: ${(cause as Error).message}. Correct it first.`, { cause });
  }
  if (!isJsonObject(value)) throw new UsageError(`${file} is not a JSON object. Correct it first.`);
  for (const name of ['scripts', 'dependencies', 'devDependencies']) {
    if (value[name] === undefined || isJsonObject(value[name])) continue;
    throw new UsageError(`${name} in ${file} is not a JSON object. Correct it first.`);
  }
  return value;
}

async function namesIn(folder: string): Promise<ReadonlySet<string>> {
  return new Set(await readdir(folder).catch(() => []));
}
