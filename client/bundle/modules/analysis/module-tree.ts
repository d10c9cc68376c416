import type { AnyNode } from 'acorn';

import type { Binding, FunctionNode, Place, Scope } from './scopes.js';

/** A function with its surroundings. */
export interface FunctionPlace {
  /** The scope of its parameters. */
  readonly scope: Scope;
  /** The array whose elements the function is called with: `list` in `list.map((element) => ...)`. */
  readonly iterated: { readonly node: AnyNode; readonly scope: Scope } | undefined;
}

/** The nodes of a module that the analysis needs, each with its surroundings, in source order. */
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
  /** The name with which each function is declared. */
  readonly functionBindings: ReadonlyMap<FunctionNode, Binding>;
  /** Whether the module has syntax that only ES modules have. */
  readonly isModule: boolean;
}
