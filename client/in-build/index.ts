/**
 * The package `codeseeder` inside a build: a remote function is the function itself. Imports no SDK, so that bundles
 * stay small.
 */
import { CodeseederError, type ErrorCode } from '../../lib/contract/codeseeder-error.js';
import { currentRunState } from '../../lib/contract/run-state.js';
import type {
  DeployOptions,
  DeployResult,
  DestroyOptions,
  DestroyResult,
  SeedkitDeployment,
  SeedkitDeploymentOptions,
} from '../deploy-types.js';
import type { DeployModulesOptions, DeployModulesResult, LocalModules } from '../module-types.js';
import type { RemoteFunction } from '../remote-function-types.js';
import type { SeedkitDefaults } from '../run-option-types.js';
import type { Seedkit } from '../seedkit-types.js';
import type { Target } from '../target-types.js';

export { CodeseederError, type ErrorCode };
export { FAILURES, type FailureCode } from '../../lib/contract/failures.js';
export { OPERATION_FAILURES } from '../../lib/contract/operation-failures.js';
export type {
  BuildOptions,
  EnvironmentVariable,
  LockMode,
  MapRecord,
  MapStatus,
  RunFailure,
  RunRecord,
  RunStatus,
  TargetState,
  TargetVersion,
  TerminalStatus,
} from '../../lib/contract/index.js';
export { RemoteError, RunFailedError } from '../errors.js';
export { StackFailedError, type FailedResource } from '../stack-failed-error.js';
export type * from '../types.js';

/** Whether this code runs inside a build. */
export const isRemote: boolean = true;

/** Returns a kit whose remote functions run directly in the build. */
export function seedkit(name: string, _options?: SeedkitDefaults): Seedkit {
  return {
    name,
    remoteFunction: (_origin, fn) => runHere(fn),
    commands: refuse('commands()'),
    submitCommands: refuse('submitCommands()'),
    submitFunction: refuse('submitFunction()'),
    python: refuse('python()'),
    submitPython: refuse('submitPython()'),
    mapCommands: refuse('mapCommands()'),
    mapFunction: refuse('mapFunction()'),
    mapPython: refuse('mapPython()'),
    attach: refuse('attach()'),
    again: refuse('again()'),
    locks: {
      list: refuse('locks.list()'),
      get: refuse('locks.get()'),
      release: refuse('locks.release()'),
    },
    runs: {
      list: refuse('runs.list()'),
      iterate: refusedIteration('runs.iterate()'),
      watch: refusedIteration('runs.watch()'),
      debugSession: refuse('runs.debugSession()'),
      get: refuse('runs.get()'),
    },
    publish: refuse('publish()'),
    target: refusedTarget,
    targets: {
      list: refuse('targets.list()'),
      show: refuse('targets.show()'),
      promote: refuse('targets.promote()'),
      remove: refuse('targets.remove()'),
      again: refuse('targets.again()'),
      attach: refuse('targets.attach()'),
    },
    schedules: {
      add: refuse('schedules.add()'),
      list: refuse('schedules.list()'),
      show: refuse('schedules.show()'),
      pause: refuse('schedules.pause()'),
      resume: refuse('schedules.resume()'),
      remove: refuse('schedules.remove()'),
    },
    maps: { list: refuse('maps.list()'), attach: refuse('maps.attach()'), again: refuse('maps.again()') },
  };
}

export const deploySeedkit: (name: string, options?: DeployOptions) => Promise<DeployResult> =
  refuse('deploySeedkit()');
export const destroySeedkit: (name: string, options?: DestroyOptions) => Promise<DestroyResult> =
  refuse('destroySeedkit()');
export const seedkitDeployed: (
  name: string,
  options?: Pick<SeedkitDeploymentOptions, 'aws'>,
) => Promise<SeedkitDeployment> = refuse('seedkitDeployed()');
export const deployModules: (
  seedkit: string,
  modules: LocalModules,
  options?: DeployModulesOptions,
) => Promise<DeployModulesResult> = refuse('deployModules()');

function runHere<Args extends unknown[], Returned>(
  fn: (...args: Args) => Returned,
): RemoteFunction<Args, Awaited<Returned>> {
  const run = async (...args: Args): Promise<Awaited<Returned>> => {
    refuseWhileImporting(fn.name);
    return await fn(...args);
  };
  const remote: RemoteFunction<Args, Awaited<Returned>> = Object.assign(run, {
    submit: refuse('submit()'),
    map: refuse('map()'),
    with: () => remote,
  });
  return remote;
}

function refusedTarget<Args extends unknown[], Value>(): Target<Args, Value> {
  const start = refuse('target()');
  const target: Target<Args, Value> = Object.assign(start, { submit: start, with: () => target });
  return target;
}

function refuse(call: string): () => Promise<never> {
  return async () => {
    throw new CodeseederError(
      'NotInBuild',
      `${call} works on your side only, not inside a build. Guard it with \`if (!isRemote)\`.`,
    );
  };
}

/**
 * Returns an iterator that throws when its first value is requested, as the client's iterators do with their errors.
 */
function refusedIteration(call: string): () => AsyncGenerator<never> {
  return async function* () {
    await refuse(call)();
  };
}

function refuseWhileImporting(functionName: string): void {
  if (currentRunState()?.phase !== 'importing') return;
  throw new CodeseederError(
    'RemoteCallDuringImport',
    `The remote function ${functionName || '(anonymous)'} is called while its module is being imported, which would start a run in every run. Move the call into a function or another module, or guard it with \`if (!isRemote)\`.`,
  );
}
