import { statSync } from 'node:fs';

import { definedOnly } from '../../../lib/contract/defined-only.js';
import { createKitAccess } from '../../kit-access.js';
import { createRemoteFunction, fileOf } from '../../remote-function.js';
import type { MarkedFunction, RemoteMark } from '../../remote-mark.js';
import type { RemoteFunction } from '../../remote-function-types.js';
import type { RunOptions, SeedkitDefaults, SeedkitOptions } from '../../run-option-types.js';
import { mergeRunOptions } from '../../submit/run-options.js';
import { UsageError } from '../exit-code.js';
import { overrideSession } from '../open-seedkit.js';
import type { SeedkitFlag, SeedkitOption } from '../seedkit-option.js';
import type { FoundFunction } from './find-function.js';

/** A function as the command line names it. */
export interface RequestedFunction extends SeedkitOption {
  /** Absolute path. */
  readonly file: string;
  readonly exportName: string;
  /** The flag that names the seedkit; undefined if a variable or the config names it, or none. */
  readonly seedkitFlag: SeedkitFlag | undefined;
  readonly minify: boolean | undefined;
}

/**
 * Returns the remote function with the options of its kit and its own options, as its module would call it.
 *
 * @throws UsageError if `--seedkit` or `--environment` names another kit than the function's
 */
export function markedFunction(
  { mark, isPlain }: Extract<FoundFunction, { kind: 'remote' }>,
  requested: RequestedFunction,
): RemoteFunction<unknown[], unknown> {
  const { kit, marked, call } = mark;
  // The environment variable and the config apply only if the function's kit has no name.
  const name = kit.name || requested.seedkit;
  if (name === undefined) throw new UsageError('The kit of the function has no name. Give --seedkit NAME.');
  if (requested.seedkitFlag !== undefined && requested.seedkit !== name) throw otherKit(name, requested);
  const defaults = defaultsFor(requested, kit.options);
  const access = createKitAccess(name, defaults);
  const { origin, exportName } = packedModuleOf(mark, isPlain, requested);
  const { minify } = requested;
  const options = { ...sessionFor(requested, marked.options), ...definedOnly({ exportName, minify }) };
  const remote = {
    ...mark,
    kit: { name, options: defaults },
    marked: { ...marked, origin, options },
    call: sessionFor(requested, call),
  };
  return createRemoteFunction<unknown[], unknown>(remote, access);
}

function otherKit(name: string, { file, exportName, seedkit, seedkitFlag }: RequestedFunction): UsageError {
  return new UsageError(
    `${file}#${exportName} is a function of the seedkit ${name}, and ${seedkitFlag} names ${seedkit}. Leave out ${seedkitFlag} to run the function in ${name}, or change the name of the module's kit.`,
  );
}

/**
 * Returns the module that is packed for the function, and the function's export name in it.
 *
 * A module may re-export a function of another module. Then the other module is packed, as for a call in code. If the
 * requested module was compiled, Node does not know the other one, and the requested module is packed.
 */
function packedModuleOf(
  { marked: { origin } }: RemoteMark,
  isPlain: boolean,
  { file, exportName }: RequestedFunction,
): { origin: MarkedFunction['origin']; exportName?: string | undefined } {
  if (isSameFile(fileOf(origin), file)) return { origin, exportName };
  return isPlain ? { origin } : { origin: file, exportName };
}

function isSameFile(one: string, other: string): boolean {
  const [first, second] = [one, other].map((file) => statSync(file, { throwIfNoEntry: false }));
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

/** Returns the options of the kit over those of the config. `aws` in code replaces region and profile of a config. */
function defaultsFor(requested: RequestedFunction, defaults: SeedkitDefaults): SeedkitDefaults {
  return async () => {
    const options = typeof defaults === 'function' ? await defaults() : defaults;
    const { options: ofConfig = {}, aws = {} } = requested.config ?? {};
    return {
      ...mergeRunOptions<SeedkitOptions>(ofConfig, options),
      aws: overrideSession(options.aws ?? aws, requested),
    };
  };
}

function sessionFor<Options extends RunOptions>(requested: RequestedFunction, options: Options): Options {
  return options.aws === undefined ? options : { ...options, aws: overrideSession(options.aws, requested) };
}
