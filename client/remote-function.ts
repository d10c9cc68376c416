import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { CodeseederError } from '../lib/contract/index.js';
import type { PackedBundle } from './bundle/pack-bundle.js';
import { moduleNameOf } from './bundle/modules/bundle-modules.js';
import type { KitAccess } from './connection/kit-access.js';
import { remoteMarkOf, setRemoteMark, type MarkedFunction, type RemoteMark } from './remote-mark.js';
import type { CallOptions, RemoteFunction, Run } from './seedkit-types.js';
import { planRun } from './submit/plan-run.js';
import { resolveExportName } from './submit/resolve-export.js';
import { mergeRunOptions } from './submit/run-options.js';
import { checkArguments, submitRun } from './submit/submit-run.js';

/** Makes the function that runs remotely. Nothing is packed or looked up before it is called. */
export function createRemoteFunction<Args extends unknown[], Value>(
  mark: RemoteMark,
  kit: KitAccess,
): RemoteFunction<Args, Value> {
  const { marked, call } = mark;
  const submit = (...args: Args): Promise<Run<Value>> => submitMarked(marked, args, call, kit);
  const run = async (...args: Args): Promise<Value> => {
    const { signal } = call;
    return (await submit(...args)).result(signal === undefined ? {} : { signal });
  };
  const withOptions = (nearer: CallOptions): RemoteFunction<Args, Value> =>
    createRemoteFunction({ ...mark, call: mergeRunOptions<CallOptions>(call, nearer) }, kit);
  return setRemoteMark(Object.assign(run, { submit, with: withOptions }), mark);
}

/**
 * Returns the path of the module that a remote function comes from.
 * @throws CodeseederError `InvalidRequest` for an `import.meta` that says nothing, as in a CommonJS module
 */
export function fileOf(origin: ImportMeta | string): string {
  const place = typeof origin === 'string' ? origin : urlOf(origin);
  return place.startsWith('file:')
    ? fileURLToPath(new URL(place.split('?')[0] ?? place))
    : path.resolve(place);
}

async function submitMarked<Value>(
  marked: MarkedFunction,
  args: readonly unknown[],
  call: CallOptions,
  kit: KitAccess,
): Promise<Run<Value>> {
  const checked = checkArguments(args);
  const { exportName, minify = false, ...functionOptions } = marked.options;
  const file = fileOf(marked.origin);
  const { options: merged, contents, connection } = await planRun(kit, functionOptions, call);
  const module = await moduleNameOf(file);
  return submitRun<Value>(
    {
      contents: {
        ...contents,
        modules: [{ file, ...(exportName !== undefined && { exportName }) }],
        minify,
      },
      invocation: async (bundle: Pick<PackedBundle, 'exports'>) => {
        const isPrebuilt = merged.prebuiltBundle !== undefined;
        const name = exportName ?? (await nameOf(marked, module, isPrebuilt ? undefined : bundle));
        return { kind: 'node', target: { module, exportName: name }, args: checked };
      },
      options: merged,
    },
    connection,
  );
}

/** @param bundle undefined where nothing tells what the module in it exports */
function nameOf(
  marked: MarkedFunction,
  module: string,
  bundle: Pick<PackedBundle, 'exports'> | undefined,
): Promise<string> {
  const { origin, fn, functionName } = marked;
  const unseen = functionName === '' ? [] : [functionName];
  return resolveExportName(
    {
      file: fileOf(origin),
      url: typeof origin === 'string' ? undefined : origin.url,
      isRemote: (value) => fn !== undefined && remoteMarkOf(value)?.marked.fn === fn,
      functionName,
    },
    bundle === undefined ? unseen : bundle.exports[module],
    module,
  );
}

function urlOf(origin: ImportMeta): string {
  // A compiler that makes CommonJS may leave an empty object of it, or nothing.
  const { url } = (origin as Partial<ImportMeta> | undefined) ?? {};
  if (typeof url === 'string') return url;
  throw new CodeseederError(
    'InvalidRequest',
    "The import.meta that kit.remoteFunction was given has no url, so the function's module cannot be found: the module was compiled to CommonJS. Give __filename instead: kit.remoteFunction(__filename, ...).",
  );
}
