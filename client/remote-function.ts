import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { PackedBundle } from './bundle/pack-bundle.js';
import { moduleNameOf } from './bundle/bundle-modules.js';
import type { KitAccess } from './connection/kit-access.js';
import type { CallOptions, RemoteFunction, RemoteFunctionOptions, Run } from './seedkit-types.js';
import { planRun } from './submit/plan-run.js';
import { resolveExportName } from './submit/resolve-export.js';
import { mergeRunOptions } from './submit/run-options.js';
import { checkArguments, submitRun } from './submit/submit-run.js';

/** A function as `kit.remoteFunction` was given it. */
export interface MarkedFunction {
  readonly origin: ImportMeta | string;
  readonly functionName: string;
  readonly options: RemoteFunctionOptions;
}

/** Makes the function that runs remotely. Nothing is packed or looked up before it is called. */
export function createRemoteFunction<Args extends unknown[], Value>(
  marked: MarkedFunction,
  kit: KitAccess,
): RemoteFunction<Args, Value> {
  const family = new WeakSet<object>();
  const isRemote = (value: unknown) => typeof value === 'function' && family.has(value);
  return bind({});

  function bind(call: CallOptions): RemoteFunction<Args, Value> {
    const submit = (...args: Args): Promise<Run<Value>> =>
      submitMarked(marked, args, { call, isRemote }, kit);
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
  readonly call: CallOptions;
  /** Whether a value is this remote function, with whatever options. */
  readonly isRemote: (value: unknown) => boolean;
}

async function submitMarked<Value>(
  { origin, functionName, options }: MarkedFunction,
  args: readonly unknown[],
  { call, isRemote }: Call,
  kit: KitAccess,
): Promise<Run<Value>> {
  const checked = checkArguments(args);
  const { exportName, minify = false, ...functionOptions } = options;
  const { options: merged, contents, connection } = await planRun(kit, functionOptions, call);
  const file = fileOf(origin);
  const module = await moduleNameOf(file);
  const url = typeof origin === 'string' ? undefined : origin.url;
  return submitRun<Value>(
    {
      contents: {
        ...contents,
        modules: [{ file, ...(exportName !== undefined && { exportName }) }],
        minify,
      },
      invocation: async (bundle: PackedBundle) => {
        const { prebuiltBundle } = merged;
        const unseen = prebuiltBundle === undefined || functionName === '' ? [] : [functionName];
        const exported = bundle.exports[module] ?? unseen;
        const name =
          exportName ?? (await resolveExportName({ url, isRemote, functionName }, exported, module));
        return { kind: 'node', target: { module, exportName: name }, args: checked };
      },
      options: merged,
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
