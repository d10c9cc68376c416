import type { AnyNode } from 'acorn';

import type { Binding, FunctionNode, Place, Scope } from './scopes.js';

/** A function with its surroundings. */
export interface FunctionPlace {
  /** The scope of its parameters. */
  readonly scope: Scope;
  /** What the function is called with the elements of: `list` in `list.map((element) => ...)`. */
  readonly walked: { readonly node: AnyNode; readonly scope: Scope } | undefined;
}

/** A module's nodes that matter here, each with its surroundings, in the order of the text. */
export interface ModuleTree {
  /** Calls and constructions. */
  readonly calls: readonly Place[];
  readonly dynamicImports: readonly Place[];
  /** Imports and exports that name another module. */
  readonly staticImports: readonly Place[];
  readonly metas: readonly Place[];
  /** Where each name is read. */
  readonly uses: ReadonlyMap<string, readonly Place[]>;
  readonly functions: ReadonlyMap<FunctionNode, FunctionPlace>;
  /** The names that functions are declared with. */
  readonly functionBindings: ReadonlyMap<FunctionNode, Binding>;
  /** Whether only an ES module may have this syntax. */
  readonly isModule: boolean;
}
