import { connect, type Connection } from './connection/connection.js';
import { createRemoteFunction } from './remote-function.js';
import { attachRun, runNotFound } from './run/run-handle.js';
import { findRecord, listRecords } from './run/run-records.js';
import type {
  CallOptions,
  PythonCallOptions,
  Run,
  RunOptions,
  Seedkit,
  SeedkitOptions,
} from './seedkit-types.js';
import { mergeRunOptions } from './submit/run-options.js';
import { submitPythonRun } from './submit/submit-python.js';
import { submitRun } from './submit/submit-run.js';

/**
 * A deployed seedkit by its name. Nothing is looked up before the first call that needs it.
 *
 * @param options defaults of every run
 * @example
 * const kit = seedkit('my-kit', { packages: { 'aws-cdk': '^2' } });
 * export const add = kit.remoteFunction(import.meta, async function add(a: number, b: number) { return a + b; });
 * await add(1, 2); // 3, computed in CodeBuild
 */
export function seedkit(name: string, options: SeedkitOptions = {}): Seedkit {
  const { aws, ...kitOptions } = options;
  const connection = connect(name, aws);
  const submitCommands: Seedkit['submitCommands'] = (commands, call = {}) =>
    submitCommandsRun(commands, kitOptions, call, connection);
  return {
    name,
    remoteFunction: (origin, fn, functionOptions = {}) =>
      createRemoteFunction(
        { origin, functionName: fn.name, options: functionOptions },
        kitOptions,
        connection,
      ),
    submitCommands,
    async commands(commands, call = {}) {
      const run = await submitCommands(commands, call);
      return run.outcome(call.signal === undefined ? {} : { signal: call.signal });
    },
    submitFunction: (file, exportName, args, { minify, ...call } = {}) =>
      createRemoteFunction<unknown[], unknown>(
        {
          origin: file,
          functionName: exportName,
          options: { exportName, ...(minify !== undefined && { minify }) },
        },
        kitOptions,
        connection,
      )
        .with(call)
        .submit(...args),
    submitPython: (target, call = {}) => submitPythonRun(target, kitOptions, call, connection),
    async python<Value>(target: string, call: PythonCallOptions = {}) {
      const run = await submitPythonRun<Value>(target, kitOptions, call, connection);
      return run.result(call.signal === undefined ? {} : { signal: call.signal });
    },
    attach: (runId) => attachRun(runId, connection),
    runs: {
      list: (listOptions) => listRecords(connection, listOptions),
      async get(runId) {
        const record = await findRecord(runId, connection);
        if (record === undefined) throw runNotFound(runId, connection);
        return record;
      },
    },
  };
}

async function submitCommandsRun(
  commands: readonly string[],
  kitOptions: RunOptions,
  { runId, retryOf, signal, ...callOptions }: CallOptions,
  connection: Connection,
): Promise<Run<null>> {
  const merged = mergeRunOptions(kitOptions, callOptions);
  return submitRun<null>(
    {
      contents: {
        dirs: merged.dirs ?? {},
        files: merged.files ?? {},
        ...(signal !== undefined && { signal }),
      },
      invocation: () => ({ kind: 'commands', target: [...commands] }),
      options: {
        ...merged,
        ...(runId !== undefined && { runId }),
        ...(retryOf !== undefined && { retryOf }),
        ...(signal !== undefined && { signal }),
      },
    },
    connection,
  );
}
