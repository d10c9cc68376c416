import { statSync } from 'node:fs';

import { createKitAccess } from '../../connection/kit-access.js';
import { createRemoteFunction, fileOf } from '../../remote-function.js';
import type { MarkedFunction, RemoteMark } from '../../remote-mark.js';
import type { RemoteFunction, RunOptions, SeedkitDefaults } from '../../seedkit-types.js';
import { UsageError } from '../exit-code.js';
import { overrideSession, type SeedkitOption } from '../seedkit-option.js';
import type { FoundFunction } from './find-function.js';

/** How the command line asks for a function. */
export interface AskedFunction extends SeedkitOption {
  /** Absolute path. */
  readonly file: string;
  readonly exportName: string;
  /** Whether `--seedkit` was given, and not the variable that stands in for it. */
  readonly isSeedkitGiven: boolean;
  readonly minify: boolean | undefined;
}

/**
 * Returns the function that the module's own code would call, with its kit's and its own options.
 *
 * @throws UsageError when `--seedkit` names another kit than the function's
 */
export function markedFunction(
  { mark, isPlain }: Extract<FoundFunction, { kind: 'remote' }>,
  asked: AskedFunction,
): RemoteFunction<unknown[], unknown> {
  const { kit, marked, call } = mark;
  // The variable names the kit of what has none of its own, such as a command.
  const name = kit.name || asked.seedkit;
  if (name === undefined)
    throw new UsageError('Which seedkit? The function names none; give --seedkit NAME.');
  if (asked.isSeedkitGiven && asked.seedkit !== name) throw otherKit(name, asked);
  const access = createKitAccess(name, defaultsFor(asked, kit.options));
  const { origin, exportName } = placeOf(mark, isPlain, asked);
  const { minify } = asked;
  const options = {
    ...sessionFor(asked, marked.options),
    ...(exportName !== undefined && { exportName }),
    ...(minify !== undefined && { minify }),
  };
  const remote = { ...mark, marked: { ...marked, origin, options }, call: sessionFor(asked, call) };
  return createRemoteFunction<unknown[], unknown>(remote, access);
}

function otherKit(name: string, { file, exportName, seedkit }: AskedFunction): UsageError {
  return new UsageError(
    `${file}#${exportName} is a function of the seedkit ${name}, and --seedkit names ${seedkit}. Leave --seedkit out to run it in ${name}, or give the module's kit the other name.`,
  );
}

/**
 * The module that the function is packed with, and its name there. A module may only pass on what another one marked:
 * that is packed then, as by a call in code. Of a compiled module, Node does not know the other one; the one that was
 * asked for is packed with the other inside.
 */
function placeOf(
  { marked: { origin } }: RemoteMark,
  isPlain: boolean,
  { file, exportName }: AskedFunction,
): { origin: MarkedFunction['origin']; exportName?: string } {
  if (isSameFile(fileOf(origin), file)) return { origin, exportName };
  return isPlain ? { origin } : { origin: file, exportName };
}

function isSameFile(one: string, other: string): boolean {
  const [first, second] = [one, other].map((file) => statSync(file, { throwIfNoEntry: false }));
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

function defaultsFor(asked: AskedFunction, defaults: SeedkitDefaults): SeedkitDefaults {
  return async () => {
    const options = typeof defaults === 'function' ? await defaults() : defaults;
    return { ...options, aws: overrideSession(options.aws ?? {}, asked) };
  };
}

function sessionFor<Options extends RunOptions>(asked: AskedFunction, options: Options): Options {
  return options.aws === undefined ? options : { ...options, aws: overrideSession(options.aws, asked) };
}
