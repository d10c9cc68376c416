import type { CallOptions } from './call-option-types.js';
import type { RemoteFunctionOptions } from './remote-function-types.js';
import type { SeedkitDefaults } from './run-option-types.js';

/** The arguments of `kit.remoteFunction`. */
export interface MarkedFunction {
  /** `import.meta` of the module that calls `remoteFunction`, or that module's path. */
  readonly origin: ImportMeta | string;
  /** The function itself, shared by all results of `with()`; undefined if only its name is known. */
  readonly fn?: ((...args: never[]) => unknown) | undefined;
  /** Name of the function in its source; empty if it has none. */
  readonly functionName: string;
  readonly options: RemoteFunctionOptions;
}

/** The arguments of `seedkit()`. */
export interface MarkedKit {
  readonly name: string;
  readonly options: SeedkitDefaults;
}

/** Everything that determines a call of a remote function. */
export interface RemoteMark {
  readonly version: 1;
  readonly kit: MarkedKit;
  readonly marked: MarkedFunction;
  /** Options of `with()`. */
  readonly call: CallOptions;
}

/** A global symbol, because other copies of this package in the process must read the mark, too. */
const REMOTE_MARK = Symbol.for('codeseeder.remoteFunction');

/** Adds a mark to a function. */
export function setRemoteMark<Fn extends object>(fn: Fn, mark: RemoteMark): Fn {
  return Object.defineProperty(fn, REMOTE_MARK, { value: mark });
}

/** Returns the mark of a remote function, or undefined for any other value. */
export function remoteMarkOf(value: unknown): RemoteMark | undefined {
  if (typeof value !== 'function') return undefined;
  const mark = (value as { [REMOTE_MARK]?: RemoteMark })[REMOTE_MARK];
  return mark?.version === 1 ? mark : undefined;
}
