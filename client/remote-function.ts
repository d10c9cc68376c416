import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { PackedBundle } from './bundle/pack-bundle.js';
import { moduleNameOf } from './bundle/bundle-modules.js';
import type { Connection } from './connection/connection.js';
import type { CallOptions, RemoteFunction, RemoteFunctionOptions, Run, RunOptions } from './seedkit-types.js';
import { resolveExportName } from './submit/resolve-export.js';
import { mergeRunOptions } from './submit/run-options.js';
import { checkArguments, submitRun } from './submit/submit-run.js';

/** A function as `kit.remoteFunction` was given it. */
export interface MarkedFunction {
  readonly origin: ImportMeta | string;
  readonly functionName: string;
  readonly options: RemoteFunctionOptions;
}

/**
 * Makes the function that runs remotely. Nothing is packed or looked up before it is called.
 *
 * @param call options of the calls, over the function's own
 */
export function createRemoteFunction<Args extends unknown[], Value>(
  marked: MarkedFunction,
  kitOptions: RunOptions,
  connection: Connection,
): RemoteFunction<Args, Value> {
  const family = new WeakSet<object>();
  const isRemote = (value: unknown) => typeof value === 'function' && family.has(value);
  return bind({});

  function bind(call: CallOptions): RemoteFunction<Args, Value> {
    const submit = (...args: Args): Promise<Run<Value>> =>
      submitMarked(marked, args, { kitOptions, call, isRemote }, connection);
    const run = async (...args: Args): Promise<Value> => {
      const { signal } = call;
      return (await submit(...args)).result(signal === undefined ? {} : { signal });
    };
    family.add(run);
    return Object.assign(run, {
      submit,
      with: (nearer: CallOptions) => bind(mergeRunOptions<CallOptions>(call, nearer)),
    });
  }
}

interface Call {
  readonly kitOptions: RunOptions;
  readonly call: CallOptions;
  /** Whether a value is this remote function, with whatever options. */
  readonly isRemote: (value: unknown) => boolean;
}

async function submitMarked<Value>(
  { origin, functionName, options }: MarkedFunction,
  args: readonly unknown[],
  { kitOptions, call, isRemote }: Call,
  connection: Connection,
): Promise<Run<Value>> {
  const checked = checkArguments(args);
  const { exportName, minify = false, ...functionOptions } = options;
  const { runId, retryOf, signal, ...callOptions } = call;
  const merged = mergeRunOptions(kitOptions, functionOptions, callOptions);
  const file = fileOf(origin);
  const module = await moduleNameOf(file);
  const url = typeof origin === 'string' ? undefined : origin.url;
  return submitRun<Value>(
    {
      contents: {
        modules: [{ file, ...(exportName !== undefined && { exportName }) }],
        dirs: merged.dirs ?? {},
        files: merged.files ?? {},
        minify,
        ...(signal !== undefined && { signal }),
      },
      invocation: async (bundle: PackedBundle) => {
        const exported = bundle.exports[module] ?? [];
        const name =
          exportName ?? (await resolveExportName({ url, isRemote, functionName }, exported, module));
        return { kind: 'node', target: { module, exportName: name }, args: checked };
      },
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

function fileOf(origin: ImportMeta | string): string {
  const place = typeof origin === 'string' ? origin : origin.url;
  return place.startsWith('file:')
    ? fileURLToPath(new URL(place.split('?')[0] ?? place))
    : path.resolve(place);
}
