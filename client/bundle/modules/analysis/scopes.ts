import type {
  AnonymousFunctionDeclaration,
  AnyNode,
  ArrowFunctionExpression,
  FunctionDeclaration,
  FunctionExpression,
} from 'acorn';

export type FunctionNode =
  | FunctionDeclaration
  | AnonymousFunctionDeclaration
  | FunctionExpression
  | ArrowFunctionExpression;

/** The origin of a name's value. */
export type Source =
  /** An expression, or a member of it that destructuring reads. */
  | {
      readonly kind: 'value';
      readonly node: AnyNode;
      readonly scope: Scope;
      readonly members: readonly string[];
    }
  /** Each element that a `for ... of` iterates. */
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

/** The names that a block, function or module declares. */
export class Scope {
  /** Created on demand, because most blocks declare nothing. */
  #names: Map<string, Binding> | undefined;

  readonly parent: Scope | undefined;
  readonly isFunction: boolean;

  constructor(parent: Scope | undefined, isFunction: boolean) {
    this.parent = parent;
    this.isFunction = isFunction;
  }

  /** Returns the binding of a name in this scope. Creates it if it is missing. */
  declare(name: string): Binding {
    const known = this.#names?.get(name);
    if (known) return known;
    const binding: Binding = { name, sources: [], isExported: false };
    (this.#names ??= new Map<string, Binding>()).set(name, binding);
    return binding;
  }

  /** Returns the binding that a name refers to in this scope; undefined if the module does not declare the name. */
  find(name: string): Binding | undefined {
    return this.#names?.get(name) ?? this.parent?.find(name);
  }

  /** The scope of the names that `var` declares. */
  get ofFunction(): Scope {
    return this.isFunction || !this.parent ? this : this.parent.ofFunction;
  }
}

/** A node with its parents and its scope. */
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
