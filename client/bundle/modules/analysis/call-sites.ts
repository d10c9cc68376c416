import type { AnyNode, CallExpression } from 'acorn';

import { forEachChildFromLast } from './child-nodes.js';
import type { ModuleTree } from './module-tree.js';
import { isFunctionNode, type Binding, type FunctionNode, type Place, type Scope } from './scopes.js';

/** The calls of a function of the module. */
export interface CallSites {
  readonly calls: readonly { readonly place: Place; readonly node: CallExpression }[];
  /** Whether there may be other calls: the function is exported, or used as a value. */
  readonly escapes: boolean;
}

const NOT_KNOWN: CallSites = { calls: [], escapes: true };

/** Finds the calls of a module's own functions. */
export class CallSiteFinder {
  readonly #sites = new Map<FunctionNode, CallSites>();
  readonly #tree: ModuleTree;

  constructor(tree: ModuleTree) {
    this.#tree = tree;
  }

  /** Returns the places that read a binding. */
  usesOf(binding: Binding): readonly Place[] {
    const uses = this.#tree.uses.get(binding.name) ?? [];
    return uses.filter(({ scope }) => scope.find(binding.name) === binding);
  }

  /** Returns the calls of a function. */
  of(node: FunctionNode): CallSites {
    const known = this.#sites.get(node);
    if (known) return known;
    const sites = this.#find(node);
    this.#sites.set(node, sites);
    return sites;
  }

  #find(node: FunctionNode): CallSites {
    const binding = this.#tree.functionBindings.get(node);
    if (binding?.sources.length !== 1) return NOT_KNOWN;
    const calls: { place: Place; node: CallExpression }[] = [];
    let escapes = binding.isExported;
    for (const { node: use, parent } of this.usesOf(binding)) {
      if (parent?.node.type === 'CallExpression' && parent.node.callee === use)
        calls.push({ place: parent, node: parent.node });
      else escapes = true;
    }
    return { calls, escapes };
  }
}

/**
 * Returns the function of the module that a callee refers to; undefined if it may refer to several functions, or to a
 * function of another module.
 */
export function ownFunction(callee: AnyNode, scope: Scope): FunctionNode | undefined {
  const [source, ...others] = (callee.type === 'Identifier' && scope.find(callee.name)?.sources) || [];
  if (others.length > 0 || (source?.kind !== 'function' && source?.kind !== 'value')) return undefined;
  return isFunctionNode(source.node) ? source.node : undefined;
}

/** Returns the expressions that a function may return. */
export function returnedBy(node: FunctionNode): readonly AnyNode[] {
  if (node.body.type !== 'BlockStatement') return [node.body];
  const found: AnyNode[] = [];
  const open: AnyNode[] = [node.body];
  for (let current = open.pop(); current; current = open.pop()) {
    if (current.type === 'ReturnStatement' && current.argument) found.push(current.argument);
    // Only statements can contain a return statement.
    if (current.type.endsWith('Statement') || current.type === 'SwitchCase' || current.type === 'CatchClause')
      forEachChildFromLast(current, (child) => !isFunctionNode(child) && open.push(child));
  }
  return found;
}
