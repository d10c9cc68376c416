import type { AnyNode, CallExpression, NewExpression, Pattern } from 'acorn';

import { ownFunction } from './call-sites.js';
import { consumptionOf, isHarmlessMember } from './consumers.js';
import { readPattern } from './declare-pattern.js';
import { memberName, originOf } from './origins.js';
import { PathReporter } from './path-reporter.js';
import type { PathValues } from './path-values.js';
import type { ReferenceList } from './reference-list.js';
import { isFunctionNode, type Binding, type FunctionNode, type Place } from './scopes.js';
import { functionAround } from './surroundings.js';
import { textAround } from './text-around.js';

/** Functions that build a path from plain text. */
const MAKERS = new Set([':process.cwd', 'path.resolve', 'url.pathToFileURL', 'import.meta.resolve']);

/** Finds the paths that a module builds from its own location or the working folder, and how they are used. */
export class PathReferenceFinder {
  readonly #values: PathValues;
  readonly #reporter: PathReporter;
  readonly #handled: Set<AnyNode>;
  readonly #open: Place[] = [];
  readonly #seen = new Set<AnyNode>();

  /** @param handled expressions that need no further analysis */
  constructor(values: PathValues, references: ReferenceList, handled: Set<AnyNode>) {
    this.#values = values;
    this.#reporter = new PathReporter(values, references);
    this.#handled = handled;
  }

  find(): void {
    const { calls, metas, uses } = this.#values.tree;
    this.#reporter.addReads(this.#handled);
    for (const place of calls) this.#openMaker(place);
    const globals = ['__dirname', '__filename', 'module'].flatMap((name) => uses.get(name) ?? []);
    this.#open.push(...metas, ...globals.filter(({ node, scope }) => isGlobal(node, scope)));
    for (let place = this.#open.pop(); place; place = this.#open.pop()) {
      if (this.#seen.has(place.node)) continue;
      this.#seen.add(place.node);
      this.#climb(place);
    }
  }

  /** Adds a place to those to examine, if it is a call that builds a path from plain text. */
  #openMaker(place: Place): void {
    const { node, scope } = place;
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
    const origin = originOf(node.callee, scope);
    const isMaker = origin !== undefined && MAKERS.has(origin);
    if (isMaker || memberName(node.callee) === 'resolve') this.#open.push(place);
  }

  /** Goes up to the outermost expression that is a path, and decides how that path is used. */
  #climb(start: Place): void {
    let place = start;
    for (let outer = this.#pathAround(start); outer; outer = this.#pathAround(outer)) place = outer;
    const { node, scope, parent } = place;
    if (!parent || this.#handled.has(node)) return;
    if (this.#values.isPlaced(node, scope)) this.#decide(place, parent);
    // The whole `import.meta` is assigned to a variable.
    else if (parent.node.type === 'VariableDeclarator') this.#follow(parent.node.id, parent);
  }

  /** Returns the next outer expression that is a path and contains this one. */
  #pathAround({ node, parent }: Place): Place | undefined {
    let child = node;
    for (let outer = parent; outer; outer = outer.parent) {
      if (outer.node.type === 'AssignmentExpression') return undefined;
      if (this.#values.isPlaced(outer.node, outer.scope)) return outer;
      if (!isPartOf(outer, child)) return undefined;
      child = outer.node;
    }
    return undefined;
  }

  #decide(place: Place, parent: Place): void {
    const outer = parent.node;
    switch (outer.type) {
      case 'VariableDeclarator':
      case 'AssignmentExpression':
      case 'AssignmentPattern': {
        const isFollowed = this.#follow(outer.type === 'VariableDeclarator' ? outer.id : outer.left, parent);
        return isFollowed ? undefined : this.#reporter.addAll(place);
      }
      case 'ReturnStatement':
      case 'ArrowFunctionExpression':
        return this.#decideReturned(place, isFunctionNode(outer) ? outer : functionAround(parent));
      case 'CallExpression':
      case 'NewExpression':
        return this.#decideArgument(place, outer, parent);
      case 'MemberExpression':
        return isHarmlessMember(memberName(outer)) ? undefined : this.#reporter.addAll(place);
      case 'Property':
        return this.#decideProperty(place, parent);
      case 'BinaryExpression':
      case 'TemplateLiteral':
        return this.#decideText(place, parent);
      case 'ConditionalExpression':
      case 'ExpressionStatement':
      case 'UnaryExpression':
      case 'IfStatement':
      case 'WhileStatement':
      case 'SwitchStatement':
      case 'SwitchCase':
      case 'ThrowStatement':
        return;
      default:
        return this.#reporter.addAll(place);
    }
  }

  /** Adds the uses of a pattern's names to the places to examine. @returns whether the value has no other uses */
  #follow(pattern: Pattern, place: Place): boolean {
    const { names } = readPattern(pattern, { kind: 'unknown' }, place.scope);
    const bindings = names.map(({ name }) => place.scope.find(name));
    for (const binding of bindings) if (binding) this.#openUses(binding);
    return bindings.length > 0 && bindings.every((binding) => binding && !binding.isExported);
  }

  #openUses(binding: Binding): void {
    this.#open.push(...this.#values.sites.usesOf(binding));
  }

  #decideReturned(place: Place, node: FunctionNode | undefined): void {
    const { calls, escapes } = node ? this.#values.sites.of(node) : { calls: [], escapes: true };
    this.#open.push(...calls.map((call) => call.place));
    if (escapes) this.#reporter.addAll(place);
  }

  #decideArgument(place: Place, call: CallExpression | NewExpression, parent: Place): void {
    const index = call.arguments.findIndex((argument) => argument === place.node);
    if (index < 0) return;
    const target = ownFunction(call.callee, parent.scope);
    if (target) {
      const parameter = target.params[index];
      const inner = this.#values.tree.functions.get(target);
      if (parameter && inner) this.#follow(parameter, { node: target, parent, scope: inner.scope });
      return;
    }
    const consumption = consumptionOf(call, index, parent.scope);
    if (consumption !== 'harmless') this.#reporter.addAll(place, consumption);
  }

  /** Follows the uses of an object with a path. Reports the path unless only members of the object are read. */
  #decideProperty(place: Place, parent: Place): void {
    const declarator = parent.parent?.parent;
    const id = declarator?.node.type === 'VariableDeclarator' ? declarator.node.id : undefined;
    const binding = id?.type === 'Identifier' ? declarator?.scope.find(id.name) : undefined;
    const uses = binding && !binding.isExported ? this.#values.sites.usesOf(binding) : [];
    this.#open.push(...uses);
    const isRead = uses.every((use) => use.parent?.node.type === 'MemberExpression');
    if (!isRead || uses.length === 0) this.#reporter.addAll(place);
  }

  #decideText(place: Place, parent: Place): void {
    const around = textAround(place, parent, this.#values);
    if (around === undefined) return;
    const { top, values } = around;
    const call = top.parent?.node;
    const isCommand = call?.type === 'CallExpression' && consumptionOf(call, 0, top.scope) === 'command';
    for (const value of values)
      if (isCommand || !this.#reporter.isOwnPlace(value)) this.#reporter.add(place, value, 'unknown');
  }
}

/** Returns whether an expression is part of building a path, such as the method in `[folder, name].join('/')`. */
function isPartOf({ node, scope }: Place, child: AnyNode): boolean {
  if (node.type === 'MemberExpression') return node.object === child;
  if (node.type === 'CallExpression')
    return node.callee === child || originOf(node.callee, scope) === 'path.parse';
  return node.type === 'ArrayExpression';
}

function isGlobal(node: AnyNode, scope: Place['scope']): boolean {
  return node.type === 'Identifier' && scope.find(node.name) === undefined;
}
