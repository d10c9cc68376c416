import type { AnyNode } from 'acorn';

import type { ModuleTree } from './module-tree.js';
import type { PathValue } from './path-value.js';
import type { Binding, Scope } from './scopes.js';

/** The paths of a module and its project, with `/`. */
export interface ModulePlace {
  /** Absolute path. */
  readonly file: string;
  /** The project's folder, which is assumed to be the working folder. */
  readonly root: string;
}

/** The values of a function's parameters in one call. */
export type PassedValues = ReadonlyMap<Binding, readonly PathValue[]>;

/** Where an expression is evaluated. */
export interface Surroundings {
  readonly scope: Scope;
  readonly passed: PassedValues | undefined;
}

/**
 * Computes the values of a module's expressions. The parts of the analysis call each other through this interface for
 * the parts of an expression.
 */
export interface Evaluation {
  readonly tree: ModuleTree;
  readonly place: ModulePlace;
  /** The module's own path. */
  readonly file: PathValue;
  /** The folder of the module. */
  readonly folder: PathValue;
  /** Returns the values that an expression may have. */
  of(node: AnyNode, scope: Scope, passed?: PassedValues): readonly PathValue[];
}
