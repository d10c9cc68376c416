import type {
  AnonymousFunctionDeclaration,
  AnyNode,
  ArrowFunctionExpression,
  FunctionDeclaration,
  FunctionExpression,
} from 'acorn';

export type FunctionNode =
  FunctionDeclaration | AnonymousFunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

/** Where the value of a name comes from. */
export type Source =
  /** An expression, of which destructuring takes members. */
  | {
      readonly kind: 'value';
      readonly node: AnyNode;
      readonly scope: Scope;
      readonly members: readonly string[];
    }
  /** Each element of what a `for ... of` walks. */
  | { readonly kind: 'element'; readonly node: AnyNode; readonly scope: Scope }
  | { readonly kind: 'parameter'; readonly function: FunctionNode; readonly index: number }
  | { readonly kind: 'function'; readonly node: FunctionNode }
  /** `member` is empty for a namespace. */
  | { readonly kind: 'import'; readonly module: string; readonly member: string }
  | { readonly kind: 'unknown' };

/** A declared name. */
export interface Binding {
  readonly name: string;
  readonly sources: Source[];
  isExported: boolean;
}

/** The names that a part of a module declares. */
export class Scope {
  /** Most blocks declare nothing. */
  #names: Map<string, Binding> | undefined;

  readonly parent: Scope | undefined;
  readonly isFunction: boolean;

  constructor(parent: Scope | undefined, isFunction: boolean) {
    this.parent = parent;
    this.isFunction = isFunction;
  }

  /** Returns the binding of a name, a new one where the scope has none. */
  declare(name: string): Binding {
    const known = this.#names?.get(name);
    if (known) return known;
    const binding: Binding = { name, sources: [], isExported: false };
    (this.#names ??= new Map<string, Binding>()).set(name, binding);
    return binding;
  }

  /** Returns what a name means here, or `undefined` for a name that the module does not declare. */
  find(name: string): Binding | undefined {
    return this.#names?.get(name) ?? this.parent?.find(name);
  }

  /** The scope that `var` declares its names in. */
  get ofFunction(): Scope {
    return this.isFunction || !this.parent ? this : this.parent.ofFunction;
  }
}

/** A node with what surrounds it. */
export interface Place {
  readonly node: AnyNode;
  readonly parent: Place | undefined;
  readonly scope: Scope;
}

export function isFunctionNode(node: AnyNode): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}
