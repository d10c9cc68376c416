import { createKitAccess, type KitAccess } from './kit-access.js';
import { locksOfKit } from './locks/locks.js';
import { createRemoteFunction } from './remote-function.js';
import type { MarkedFunction, RemoteMark } from './remote-mark.js';
import { mapCommands, mapPython, openMaps } from './maps/open-maps.js';
import { publishedTargets } from './targets/open-targets.js';
import { schedulesOfKit } from './schedules/open-schedules.js';
import { attachRun, refuseUnknown } from './run/run-handle.js';
import { findRecord } from './run/run-records.js';
import { iterateRuns, listRuns } from './list/list-runs.js';
import { watchRuns } from './list/watch-runs.js';
import type { CallOptions, PythonCallOptions } from './call-option-types.js';
import type { SeedkitDefaults } from './run-option-types.js';
import type { Run } from './run-types.js';
import type { Seedkit } from './seedkit-types.js';
import { planRun } from './submit/plan-run.js';
import { runAgain } from './again/run-again.js';
import { submitPythonRun } from './submit/submit-python.js';
import { submitRun } from './submit/submit-run.js';

/**
 * Returns a client of the seedkit with this name. The first call that needs the stack looks it up.
 *
 * @param options defaults of every run, or a function that returns them when they are first needed
 * @example
 * const kit = seedkit('my-kit', { packages: { 'aws-cdk': '^2' } });
 * export const add = kit.remoteFunction(import.meta, async function add(a: number, b: number) { return a + b; });
 * await add(1, 2); // 3, computed in CodeBuild
 */
export function seedkit(name: string, options: SeedkitDefaults = {}): Seedkit {
  const kit = createKitAccess(name, options);
  const mark = (marked: MarkedFunction): RemoteMark => ({
    version: 1,
    kit: { name, options },
    marked,
    call: {},
  });
  const submitCommands: Seedkit['submitCommands'] = (commands, call = {}) =>
    submitCommandsRun(commands, call, kit);
  return {
    name,
    remoteFunction: (origin, fn, functionOptions = {}) =>
      createRemoteFunction(mark({ origin, fn, functionName: fn.name, options: functionOptions }), kit),
    submitCommands,
    async commands(commands, call = {}) {
      const run = await submitCommands(commands, call);
      return run.outcome({ signal: call.signal });
    },
    submitFunction: (file, exportName, args, { minify, ...call } = {}) =>
      createRemoteFunction<unknown[], unknown>(
        mark({ origin: file, functionName: exportName, options: { exportName, minify } }),
        kit,
      )
        .with(call)
        .submit(...args),
    submitPython: (target, call = {}) => submitPythonRun(target, call, kit),
    async python<Value>(target: string, call: PythonCallOptions = {}) {
      const run = await submitPythonRun<Value>(target, call, kit);
      return run.result({ signal: call.signal });
    },
    mapCommands: (commands, inputs, call = {}) => mapCommands(commands, inputs, call, kit),
    mapFunction: (file, exportName, inputs, { minify, ...call } = {}) =>
      createRemoteFunction<unknown[], unknown>(
        mark({ origin: file, functionName: exportName, options: { exportName, minify } }),
        kit,
      ).map(inputs as Iterable<unknown[]>, call),
    mapPython: (target, inputs, call = {}) => mapPython(target, inputs, call, kit),
    maps: openMaps(kit),
    ...publishedTargets(kit),
    schedules: schedulesOfKit(kit),
    attach: async (runId, { aws } = {}) => attachRun(runId, await kit.connection(aws)),
    again: async (runId, { aws, ...options } = {}) => runAgain(runId, await kit.connection(aws), options),
    locks: locksOfKit(kit),
    runs: runsOfKit(kit),
  };
}

function runsOfKit(kit: KitAccess): Seedkit['runs'] {
  return {
    list: async (listOptions) => listRuns(await kit.connection(listOptions?.aws), listOptions),
    async *iterate(filters) {
      yield* iterateRuns(await kit.connection(filters?.aws), filters);
    },
    async *watch(options) {
      yield* watchRuns(await kit.connection(options?.aws), options);
    },
    async debugSession(runId, { aws } = {}) {
      const { findDebugSession } = await import('./run/debug-session.js');
      return findDebugSession(runId, await kit.connection(aws));
    },
    async get(runId, { aws } = {}) {
      const connection = await kit.connection(aws);
      const record = await findRecord(runId, connection);
      if (record === undefined) refuseUnknown(runId, connection);
      return record;
    },
  };
}

async function submitCommandsRun(
  commands: readonly string[],
  call: CallOptions,
  kit: KitAccess,
): Promise<Run<null>> {
  const { options, contents, connection } = await planRun(kit, call);
  const invocation = () => ({ kind: 'commands' as const, target: [...commands] });
  return submitRun<null>({ contents, invocation, options }, connection);
}
