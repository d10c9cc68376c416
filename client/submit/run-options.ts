import {
  type BuildOptions,
  buildOptionsSchema,
  CodeseederError,
  definedOnly,
  type EnvironmentVariable,
} from '../../lib/contract/index.js';
import type { CallOptions } from '../call-option-types.js';
import type { RunOptions } from '../run-option-types.js';

/** Names of all options of a run. A call with an unknown option is refused, because the option would be ignored. */
const OPTION_NAMES = {
  build: true,
  packages: true,
  pythonModules: true,
  pipxModules: true,
  localModules: true,
  requirementsFiles: true,
  environment: true,
  dirs: true,
  files: true,
  ignore: true,
  gitignore: true,
  prebuiltBundle: true,
  nodeModules: true,
  bundledPackages: true,
  workingDirectory: true,
  verify: true,
  labels: true,
  lock: true,
  lockMode: true,
  cache: true,
  name: true,
  aws: true,
  onProgress: true,
  onLog: true,
  runId: true,
  retryOf: true,
  signal: true,
} satisfies Record<keyof CallOptions, true>;

/** The merged options of kit, function and call, without short forms. */
export type MergedOptions<Options extends RunOptions = RunOptions> = Omit<Options, ShortOption>;

/** Short forms of options in `build`. */
type ShortOption = 'packages' | 'pythonModules' | 'pipxModules' | 'environment' | 'workingDirectory';

/**
 * Refuses options that do not exist, such as misspelt ones, which JavaScript code without type checks can pass.
 * @throws CodeseederError `InvalidRequest` naming the option
 */
export function refuseUnknownOptions(options: object): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTION_NAMES, name));
  if (unknown === undefined) return;
  const inBuild = Object.hasOwn(buildOptionsSchema.shape, unknown);
  const remedy = inBuild
    ? `Put it into build: { build: { ${unknown}: ... } }.`
    : `The options are ${Object.keys(OPTION_NAMES).join(', ')}; of a Python function also args and kwargs.`;
  throw new CodeseederError('InvalidRequest', `There is no option ${JSON.stringify(unknown)}. ${remedy}`);
}

/**
 * Merges the options of kit, function and call, in this order. Lists are joined, maps are merged by key, and a later
 * single value replaces an earlier one.
 */
export function mergeRunOptions<Options extends RunOptions = RunOptions>(
  ...layers: readonly Options[]
): MergedOptions<Options> {
  return layers.reduce<MergedOptions>((far, layer) => {
    const { packages, pythonModules, pipxModules, environment, workingDirectory, ...near } = layer;
    const short = {
      packages,
      pythonModules: pythonModules && [...pythonModules],
      pipxModules: pipxModules && [...pipxModules],
      environment: environment && typedVariables(environment),
      workingDirectory,
    };
    const build = mergeBuildOptions(far.build ?? {}, near.build ?? {}, definedOnly(short));
    return {
      ...far,
      ...definedOnly(near),
      build,
      dirs: { ...far.dirs, ...near.dirs },
      files: { ...far.files, ...near.files },
      localModules: { ...far.localModules, ...near.localModules },
      requirementsFiles: { ...far.requirementsFiles, ...near.requirementsFiles },
      labels: { ...far.labels, ...near.labels },
      ignore: [...(far.ignore ?? []), ...(near.ignore ?? [])],
      ...added('nodeModules', far.nodeModules, near.nodeModules),
      ...added('bundledPackages', far.bundledPackages, near.bundledPackages),
    };
  }, {}) as MergedOptions<Options>;
}

/** Merges two lists of names without duplicates. Leaves the option out if both are empty. */
function added(
  option: 'nodeModules' | 'bundledPackages',
  far: readonly string[] = [],
  near: readonly string[] = [],
): RunOptions {
  return far.length + near.length === 0 ? {} : { [option]: [...new Set([...far, ...near])] };
}

/** Returns variables with their types. A string becomes a variable of type PLAINTEXT. */
function typedVariables(
  variables: NonNullable<RunOptions['environment']>,
): Record<string, EnvironmentVariable> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [
      name,
      typeof variable === 'string' ? { value: variable, type: 'PLAINTEXT' as const } : variable,
    ]),
  );
}

function mergeBuildOptions(...layers: readonly BuildOptions[]): BuildOptions {
  const merged: Record<string, unknown> = {};
  for (const layer of layers) {
    for (const [option, near] of Object.entries(layer) as [string, unknown][]) {
      if (near !== undefined) merged[option] = mergeValues(merged[option], near);
    }
  }
  const { exportedVariables } = merged as BuildOptions;
  // Removes duplicates, because kit, function and call may name the same variable.
  return exportedVariables === undefined
    ? merged
    : { ...merged, exportedVariables: [...new Set(exportedVariables)] };
}

function mergeValues(far: unknown, near: unknown): unknown {
  if (Array.isArray(far) && Array.isArray(near)) return [...(far as unknown[]), ...(near as unknown[])];
  if (isMap(far) && isMap(near)) return { ...far, ...near };
  return near;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
