import type { CallOptions, RemoteFunctionOptions, SeedkitDefaults } from './seedkit-types.js';

/** A function as `kit.remoteFunction` was given it. */
export interface MarkedFunction {
  /** `import.meta` of its module, or the module's path. */
  readonly origin: ImportMeta | string;
  /** The function itself, which all forms of it that `with()` makes share; undefined where only its name is known. */
  readonly fn?: (...args: never[]) => unknown;
  /** Name the function was written with; empty where it has none. */
  readonly functionName: string;
  readonly options: RemoteFunctionOptions;
}

/** A kit as `seedkit()` was given it. */
export interface MarkedKit {
  readonly name: string;
  readonly options: SeedkitDefaults;
}

/** Everything that decides what a call of a remote function does. */
export interface RemoteMark {
  readonly version: 1;
  readonly kit: MarkedKit;
  readonly marked: MarkedFunction;
  /** Options that `with()` was given. */
  readonly call: CallOptions;
}

/** Registered under one name for the whole process, so that other copies of this package read the mark, too. */
const REMOTE_MARK = Symbol.for('codeseeder.remoteFunction');

/** Adds a mark to a function. */
export function setRemoteMark<Fn extends object>(fn: Fn, mark: RemoteMark): Fn {
  return Object.defineProperty(fn, REMOTE_MARK, { value: mark });
}

/** Returns the mark of a remote function, whichever copy of this package made it; undefined for all other values. */
export function remoteMarkOf(value: unknown): RemoteMark | undefined {
  if (typeof value !== 'function') return undefined;
  const mark = (value as { [REMOTE_MARK]?: RemoteMark })[REMOTE_MARK];
  return mark?.version === 1 ? mark : undefined;
}
