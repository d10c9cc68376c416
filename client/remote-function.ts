import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { definedOnly } from '../lib/contract/defined-only.js';
import { CodeseederError } from '../lib/contract/index.js';
import type { PackedBundle } from './bundle/pack-bundle.js';
import type { Connection } from './connection/connection.js';
import type { KitAccess } from './kit-access.js';
import { remoteMarkOf, setRemoteMark, type MarkedFunction, type RemoteMark } from './remote-mark.js';
import type { CallOptions } from './call-option-types.js';
import type { MapOptions, RemoteMap } from './map-types.js';
import type { RemoteFunction } from './remote-function-types.js';
import type { Run } from './run-types.js';
import { planRun } from './submit/plan-run.js';
import { resolveExportName } from './submit/resolve-export.js';
import { mergeRunOptions } from './submit/run-options.js';
import { checkArguments, type Submission, submitRun } from './submit/submit-run.js';

/** Creates the function that runs remotely. Nothing is packed or looked up before it is called. */
export function createRemoteFunction<Args extends unknown[], Value>(
  mark: RemoteMark,
  kit: KitAccess,
): RemoteFunction<Args, Value> {
  const { marked, call } = mark;
  const submit = (...args: Args): Promise<Run<Value>> => submitMarked(marked, args, call, kit);
  const run = async (...args: Args): Promise<Value> => {
    return (await submit(...args)).result({ signal: call.signal });
  };
  const map: RemoteFunction<Args, Value>['map'] = (inputs, options = {}) =>
    mapMarked<Value>(marked, inputs, [call, options], kit);
  const withOptions = (nearer: CallOptions): RemoteFunction<Args, Value> =>
    createRemoteFunction({ ...mark, call: mergeRunOptions<CallOptions>(call, nearer) }, kit);
  return setRemoteMark(Object.assign(run, { submit, map, with: withOptions }), mark);
}

/**
 * Returns the path of the module that a remote function comes from.
 * @throws CodeseederError `InvalidRequest` for an `import.meta` without a URL, as in a CommonJS module
 */
export function fileOf(origin: ImportMeta | string): string {
  const location = typeof origin === 'string' ? origin : urlOf(origin);
  return location.startsWith('file:')
    ? fileURLToPath(new URL(location.split('?')[0] ?? location))
    : path.resolve(location);
}

async function submitMarked<Value>(
  marked: MarkedFunction,
  args: readonly unknown[],
  call: CallOptions,
  kit: KitAccess,
): Promise<Run<Value>> {
  const checked = checkArguments(withoutTrailingUndefined(args));
  const { connection, ...submission } = await planMarked(marked, checked, [call], kit);
  return submitRun<Value>(submission, connection);
}

async function mapMarked<Value>(
  marked: MarkedFunction,
  inputs: Iterable<unknown> | AsyncIterable<unknown>,
  [call, options]: readonly [CallOptions, MapOptions],
  kit: KitAccess,
): Promise<RemoteMap<Value>> {
  const { submitMap, ownMapOptions } = await import('./maps/submit-map.js');
  const { own, call: nearer } = ownMapOptions(options);
  const { connection, ...submission } = await planMarked(marked, [], [call, nearer], kit);
  return submitMap<Value>({ ...submission, kind: 'node', own, inputs }, connection);
}

/** Merges the options of a function and its call, and plans its bundle and invocation. */
export async function planMarked(
  marked: MarkedFunction,
  args: ReturnType<typeof checkArguments>,
  call: readonly CallOptions[],
  kit: KitAccess,
): Promise<Submission & { readonly connection: Connection }> {
  const { exportName, minify = false, ...functionOptions } = marked.options;
  const file = fileOf(marked.origin);
  const { options, contents, connection } = await planRun(kit, functionOptions, ...call);
  const { moduleNameOf } = await import('./bundle/modules/bundle-modules.js');
  const module = await moduleNameOf(file);
  return {
    contents: { ...contents, modules: [{ file, ...definedOnly({ exportName }) }], minify },
    invocation: async (bundle: Pick<PackedBundle, 'exports'>) => {
      const isPrebuilt = options.prebuiltBundle !== undefined;
      const name = exportName ?? (await nameOf(marked, module, isPrebuilt ? undefined : bundle));
      return { kind: 'node', target: { module, exportName: name }, args };
    },
    options,
    connection,
  };
}

/** Leaves out undefined arguments at the end, so that their parameters get their default values. */
function withoutTrailingUndefined(args: readonly unknown[]): readonly unknown[] {
  return args.slice(0, args.findLastIndex((arg) => arg !== undefined) + 1);
}

/** Returns the name that the function is exported under. @param bundle undefined if the bundle's exports are unknown */
function nameOf(
  marked: MarkedFunction,
  module: string,
  bundle: Pick<PackedBundle, 'exports'> | undefined,
): Promise<string> {
  const { origin, fn, functionName } = marked;
  const assumed = functionName === '' ? [] : [functionName];
  return resolveExportName(
    {
      file: fileOf(origin),
      url: typeof origin === 'string' ? undefined : origin.url,
      isRemote: (value) => fn !== undefined && remoteMarkOf(value)?.marked.fn === fn,
      isCopy: (value) => fn !== undefined && String(remoteMarkOf(value)?.marked.fn) === String(fn),
      functionName,
    },
    bundle === undefined ? assumed : bundle.exports[module],
    module,
  );
}

function urlOf(origin: ImportMeta): string {
  // A compiler to CommonJS may replace `import.meta` by an empty object or by undefined.
  const { url } = (origin as Partial<ImportMeta> | undefined) ?? {};
  if (typeof url === 'string') return url;
  throw new CodeseederError(
    'InvalidRequest',
    "The import.meta passed to kit.remoteFunction has no url, because the module was compiled to CommonJS, so the function's module cannot be found. Pass __filename instead: kit.remoteFunction(__filename, ...).",
  );
}
