import path from 'node:path';
import type { AnyNode } from 'acorn';

import { CallSiteFinder } from './call-sites.js';
import type { ModuleTree } from './module-tree.js';
import { memberName, originOf } from './origins.js';
import { callValue } from './path-functions.js';
import { combine, concatenate, distinct, literal, UNKNOWN, type PathValue } from './path-value.js';
import { returnedValues } from './returned-values.js';
import type { Binding, FunctionNode, Scope, Source } from './scopes.js';
import { memberValue } from './member-values.js';

/** A module's place, both with `/`. */
export interface ModulePlace {
  /** Absolute path. */
  readonly file: string;
  /** The project's folder, which code is taken to run in. */
  readonly root: string;
}

/** What the parameters of a function are given in one call. */
export type Given = ReadonlyMap<Binding, readonly PathValue[]>;

const DEPTH_LIMIT = 40;
/** Keeps code that was made to be slow from being so: the largest modules tried need a tenth of it. */
const STEP_LIMIT = 200_000;

/** Finds what the expressions of a module may be, as far as paths are concerned. */
export class PathValues {
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

  /** Returns the values that an expression may have, {@link UNKNOWN} among them. */
  of(node: AnyNode, scope: Scope, given?: Given): readonly PathValue[] {
    const before = given ? undefined : this.#known.get(node);
    if (before) return before;
    this.#steps += 1;
    if (this.#depth >= DEPTH_LIMIT || this.#steps > STEP_LIMIT || this.#open.has(node)) return [UNKNOWN];
    this.#depth += 1;
    this.#open.add(node);
    const values = distinct(this.#compute(node, scope, given));
    this.#open.delete(node);
    this.#depth -= 1;
    if (!given) this.#known.set(node, values);
    return values;
  }

  /** Whether an expression may be a path made from the module's place or the working folder. */
  isPlaced(node: AnyNode, scope: Scope): boolean {
    return this.of(node, scope).some(({ place }) => place !== undefined);
  }

  #compute(node: AnyNode, scope: Scope, given: Given | undefined): readonly PathValue[] {
    const next = (inner: AnyNode) => this.of(inner, scope, given);
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
        return this.#nameValues(node.name, scope, given);
      case 'MemberExpression':
        return memberValue(this, node.object, memberName(node), { scope, given });
      case 'CallExpression':
      case 'NewExpression':
        return callValue(this, node, { scope, given }) ?? returnedValues(this, node, { scope, given });
      default:
        return [UNKNOWN];
    }
  }

  #nameValues(name: string, scope: Scope, given: Given | undefined): readonly PathValue[] {
    const binding = scope.find(name);
    if (binding === undefined) {
      if (name === '__filename') return [this.file];
      return [name === '__dirname' ? this.folder : UNKNOWN];
    }
    const values =
      given?.get(binding) ?? binding.sources.flatMap((source) => this.#sourceValues(source, given));
    return values.length === 0 ? [UNKNOWN] : values;
  }

  #sourceValues(source: Source, given: Given | undefined): readonly PathValue[] {
    if (this.#open.has(source)) return [];
    this.#open.add(source);
    try {
      if (source.kind === 'parameter') return this.#parameterValues(source.function, source.index);
      if (source.kind === 'element')
        return memberValue(this, source.node, undefined, { scope: source.scope, given });
      if (source.kind !== 'value') return [UNKNOWN];
      const [member, ...more] = source.members;
      if (member === undefined) return this.of(source.node, source.scope, given);
      return more.length > 0
        ? [UNKNOWN]
        : memberValue(this, source.node, member, { scope: source.scope, given });
    } finally {
      this.#open.delete(source);
    }
  }

  /** What all calls of a function give one of its parameters. */
  #parameterValues(node: FunctionNode, index: number): readonly PathValue[] {
    const walked = index === 0 ? this.tree.functions.get(node)?.walked : undefined;
    if (walked) return memberValue(this, walked.node, undefined, { scope: walked.scope, given: undefined });
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
