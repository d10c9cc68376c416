import path from 'node:path';
import type { AnyNode } from 'acorn';

import { CallSiteFinder } from './call-sites.js';
import type { Evaluation, ModulePlace, PassedValues } from './evaluation.js';
import type { ModuleTree } from './module-tree.js';
import { memberName, originOf } from './origins.js';
import { callValue } from './path-functions.js';
import { combine, concatenate, distinct, literal, UNKNOWN, type PathValue } from './path-value.js';
import { returnedValues } from './returned-values.js';
import type { FunctionNode, Scope, Source } from './scopes.js';
import { memberValue } from './member-values.js';

const DEPTH_LIMIT = 40;
/**
 * Maximum number of steps, which limits the time for unusual code. The largest modules that were tried need a tenth of
 * them.
 */
const STEP_LIMIT = 200_000;

/** Computes the values that the expressions of a module may have. */
export class PathValues implements Evaluation {
  readonly tree: ModuleTree;
  readonly place: ModulePlace;
  readonly sites: CallSiteFinder;
  readonly #known = new Map<AnyNode, readonly PathValue[]>();
  readonly #open = new Set<Source | AnyNode>();
  #depth = 0;
  #steps = 0;

  constructor(tree: ModuleTree, place: ModulePlace) {
    this.tree = tree;
    this.place = place;
    this.sites = new CallSiteFinder(tree);
  }

  get file(): PathValue {
    return { text: this.place.file, form: 'path', place: 'module' };
  }

  get folder(): PathValue {
    return { ...this.file, text: path.posix.dirname(this.place.file) };
  }

  /** Returns the values that an expression may have. May include {@link UNKNOWN}. */
  of(node: AnyNode, scope: Scope, passed?: PassedValues): readonly PathValue[] {
    const before = passed ? undefined : this.#known.get(node);
    if (before) return before;
    this.#steps += 1;
    if (this.#depth >= DEPTH_LIMIT || this.#steps > STEP_LIMIT || this.#open.has(node)) return [UNKNOWN];
    this.#depth += 1;
    this.#open.add(node);
    const values = distinct(this.#compute(node, scope, passed));
    this.#open.delete(node);
    this.#depth -= 1;
    if (!passed) this.#known.set(node, values);
    return values;
  }

  /** Returns whether an expression may be a path that is built from the module's location or the working folder. */
  isPlaced(node: AnyNode, scope: Scope): boolean {
    return this.of(node, scope).some(({ place }) => place !== undefined);
  }

  #compute(node: AnyNode, scope: Scope, passed: PassedValues | undefined): readonly PathValue[] {
    const next = (inner: AnyNode) => this.of(inner, scope, passed);
    switch (node.type) {
      case 'Literal':
        return [
          typeof node.value === 'string' || typeof node.value === 'number'
            ? literal(`${node.value}`)
            : UNKNOWN,
        ];
      case 'TemplateLiteral': {
        const texts = node.quasis.map(({ value }) => [literal(value.cooked ?? value.raw)]);
        return combine(
          texts.flatMap((text, at) => [text, ...node.expressions.slice(at, at + 1).map(next)]),
          concatenate,
        );
      }
      case 'TaggedTemplateExpression':
        return originOf(node.tag, scope) === ':String.raw' ? next(node.quasi) : [UNKNOWN];
      case 'BinaryExpression':
        return node.operator === '+' ? combine([next(node.left), next(node.right)], concatenate) : [UNKNOWN];
      case 'ConditionalExpression':
        return [...next(node.consequent), ...next(node.alternate)];
      case 'LogicalExpression':
        return node.operator === '&&' ? next(node.right) : [...next(node.left), ...next(node.right)];
      case 'SequenceExpression':
        return next(node.expressions.at(-1) ?? node);
      case 'AssignmentExpression':
        return node.operator === '=' ? next(node.right) : [UNKNOWN];
      case 'AwaitExpression':
        return next(node.argument);
      case 'ChainExpression':
      case 'ParenthesizedExpression':
        return next(node.expression);
      case 'Identifier':
        return this.#nameValues(node.name, scope, passed);
      case 'MemberExpression':
        return memberValue(this, node.object, memberName(node), { scope, passed });
      case 'CallExpression':
      case 'NewExpression':
        return callValue(this, node, { scope, passed }) ?? returnedValues(this, node, { scope, passed });
      default:
        return [UNKNOWN];
    }
  }

  #nameValues(name: string, scope: Scope, passed: PassedValues | undefined): readonly PathValue[] {
    const binding = scope.find(name);
    if (binding === undefined) {
      if (name === '__filename') return [this.file];
      return [name === '__dirname' ? this.folder : UNKNOWN];
    }
    const values =
      passed?.get(binding) ?? binding.sources.flatMap((source) => this.#sourceValues(source, passed));
    return values.length === 0 ? [UNKNOWN] : values;
  }

  #sourceValues(source: Source, passed: PassedValues | undefined): readonly PathValue[] {
    if (this.#open.has(source)) return [];
    this.#open.add(source);
    try {
      if (source.kind === 'parameter') return this.#parameterValues(source.function, source.index);
      if (source.kind === 'element')
        return memberValue(this, source.node, undefined, { scope: source.scope, passed });
      if (source.kind !== 'value') return [UNKNOWN];
      const [member, ...more] = source.members;
      if (member === undefined) return this.of(source.node, source.scope, passed);
      return more.length > 0
        ? [UNKNOWN]
        : memberValue(this, source.node, member, { scope: source.scope, passed });
    } finally {
      this.#open.delete(source);
    }
  }

  /** Returns the values that all calls of a function pass to one of its parameters. */
  #parameterValues(node: FunctionNode, index: number): readonly PathValue[] {
    const iterated = index === 0 ? this.tree.functions.get(node)?.iterated : undefined;
    if (iterated)
      return memberValue(this, iterated.node, undefined, { scope: iterated.scope, passed: undefined });
    const { calls, escapes } = this.sites.of(node);
    const values = calls.flatMap(({ node: call, place }) => {
      const isSpread = call.arguments.slice(0, index + 1).some(({ type }) => type === 'SpreadElement');
      const argument = call.arguments[index];
      if (isSpread) return [UNKNOWN];
      return argument ? this.of(argument, place.scope) : [];
    });
    return escapes || calls.length === 0 ? [...values, UNKNOWN] : values;
  }
}
