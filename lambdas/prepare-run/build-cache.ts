import { createHash } from 'node:crypto';

import type { StartBuildCommandInput } from '@aws-sdk/client-codebuild';

import {
  BUILD_PATHS,
  BUILD_VARIABLES,
  CACHE_FILE,
  CACHE_PREFIX,
  describeTarget,
  type InvocationHead,
  isLambdaCompute,
  type RunRequest,
} from '../../lib/contract/index.js';
import { inputFolder } from './layer-sources.js';
import { hasPythonEnvironment } from './python-commands.js';
import { shellQuoted } from './shell-quoted.js';

/** The cache of a build: what CodeBuild transfers, and the commands that pack and unpack it. */
export interface BuildCache {
  /** The buildspec's `cache`. */
  readonly buildspec: Readonly<Record<string, unknown>> | undefined;
  /** Names of the variables in which the build reports the use of its cache. */
  readonly exported: readonly string[];
  /** Commands before packages are installed. */
  readonly restore: readonly string[];
  /** Commands after packages were installed, before those of the user. */
  readonly keepInstalls: readonly string[];
  /** Commands after all others. They also run when the build has failed. */
  readonly save: readonly string[];
}

/** The cache of a build that restores and saves nothing. */
export const NO_CACHE: BuildCache = {
  buildspec: undefined,
  exported: [],
  restore: [],
  keepInstalls: [],
  save: [],
};

/**
 * Folder that CodeBuild transfers. It is outside the sources, so the files of layers and inputs cannot be placed in it.
 */
const FOLDER = '/tmp/codeseeder-cache';
const NAME_CHARACTERS = 40;

type CachedRun = Pick<RunRequest, 'build' | 'bundle' | 'cache' | 'installsDigest' | 'lock'>;

/** Returns whether a run's build has a cache. Lambda compute has none. */
export function hasCache({ build, cache, installsDigest }: CachedRun): boolean {
  return (cache !== undefined || installsDigest !== undefined) && !isLambdaCompute(build);
}

/**
 * Returns the cache of a build.
 *
 * CodeBuild's key is the key of the request, followed by the digest of what is installed. After a change of
 * requirements, a fallback key still finds the copy that was saved with the request's key.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.cache
 */
export function buildCache(request: CachedRun, kind: InvocationHead['kind']): BuildCache {
  if (!hasCache(request)) return NO_CACHE;
  const { cache, installsDigest } = request;
  const installed = installsDigest === undefined ? [] : installedPaths(request, kind);
  const folder = `${FOLDER}/${versionOf(request, installed)}`;
  const program = `bash "${inputFolder(request.bundle)}/${CACHE_FILE}"`;
  const words = [`--folder=${folder}`, ...ownWords(request), ...installsWords(request, kind, installed)];
  const state = `"${inputFolder(request.bundle)}/cache-state/own"`;
  return {
    buildspec: { ...keysOf(request), paths: [`${folder}/**/*`] },
    exported: [BUILD_VARIABLES.cache],
    restore: [
      `${program} restore ${words.map(shellQuoted).join(' ')}`,
      ...(cache === undefined
        ? []
        : [`export ${BUILD_VARIABLES.cacheHit}="$(cat ${state} 2> /dev/null || echo miss)"`]),
    ],
    keepInstalls: installed.length === 0 ? [] : [`${program} keep-installs`],
    save: [
      `${program} save "\${CODEBUILD_BUILD_SUCCEEDING:-0}"`,
      `export ${BUILD_VARIABLES.cache}="$(${program} report)"`,
    ],
  };
}

/**
 * Returns the parameter of StartBuild for a cache. Its location has a folder for each lock, or for each target of runs
 * without a lock, so that runs of other code do not use it by accident. The folder protects nothing: all builds of a
 * seedkit have the same role.
 */
export function cacheOverride(
  request: CachedRun,
  invocation: InvocationHead,
  bucket: string,
): StartBuildCommandInput['cacheOverride'] {
  if (!hasCache(request)) return undefined;
  return { type: 'S3', location: `${bucket}/${CACHE_PREFIX}${namespaceOf(request, invocation)}` };
}

function namespaceOf({ lock }: CachedRun, invocation: InvocationHead): string {
  if (lock !== undefined) return namespace('lock', lock);
  // Commands differ from run to run, so all of their caches are in one folder, and differ only by the keys in the
  // requests.
  return invocation.kind === 'commands' ? 'commands' : namespace(invocation.kind, describeTarget(invocation));
}

function namespace(kind: string, name: string): string {
  const readable = name.replace(/[^A-Za-z0-9.-]+/g, '-').slice(0, NAME_CHARACTERS);
  return `${kind}-${readable}-${digestOf(name).slice(0, 8)}`;
}

function keysOf({ cache, installsDigest }: CachedRun): { key: string; 'fallback-keys'?: string[] } {
  if (cache === undefined) return { key: `installs-${installsDigest}` };
  const { key, fallbackKeys = [] } = cache;
  const others = installsDigest === undefined ? fallbackKeys : [`${key}-`, ...fallbackKeys];
  const whole = installsDigest === undefined ? key : `${key}-${installsDigest}`;
  return others.length === 0 ? { key: whole } : { key: whole, 'fallback-keys': others };
}

function ownWords({ cache, build: { workingDirectory } }: CachedRun): string[] {
  if (cache === undefined) return [];
  return [
    `--key=${cache.key}`,
    ...(cache.fallbackKeys ?? []).map((key) => `--fallback=${key}`),
    ...cache.paths.map((path) => `--path=${path}`),
    ...(workingDirectory === undefined ? [] : [`--base=${workingDirectory}`]),
  ];
}

function installsWords(
  { build, installsDigest }: CachedRun,
  kind: InvocationHead['kind'],
  installed: readonly string[],
): string[] {
  if (installed.length === 0) return [];
  return [
    `--installs=${installsDigest}`,
    ...installed.map((path) => `--installed=${path}`),
    ...(hasPythonEnvironment(build, kind) ? [`--environment=${BUILD_PATHS.pythonEnvironment}`] : []),
  ];
}

/**
 * Returns the folders that a build installs into: its virtual environment, and the download caches of other installers.
 */
function installedPaths({ build }: CachedRun, kind: InvocationHead['kind']): string[] {
  const { packages = {}, pipxModules = [] } = build;
  return [
    ...(hasPythonEnvironment(build, kind) ? [BUILD_PATHS.pythonEnvironment] : []),
    ...(pipxModules.length > 0 ? ['~/.cache/pip'] : []),
    ...(Object.keys(packages).length > 0 ? ['~/.npm'] : []),
  ];
}

/**
 * Returns a digest of the options that must be the same for a build to use a cache, in addition to its key. The digest
 * is in the cached path, and CodeBuild restores no cache of another path.
 */
function versionOf({ build, cache }: CachedRun, installed: readonly string[]): string {
  const { image, environmentType, runtimeVersions, workingDirectory } = build;
  const parts = [cache?.paths, workingDirectory, installed, image, environmentType, runtimeVersions];
  return digestOf(JSON.stringify(parts.map((part) => part ?? null))).slice(0, 16);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
