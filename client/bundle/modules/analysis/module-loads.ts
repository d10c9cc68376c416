import type { AnyNode, CallExpression, NewExpression } from 'acorn';

import { propertyOf } from './declare-pattern.js';
import type { ModuleImport, ReferenceUse } from './module-findings.js';
import type { LineIndex } from './line-index.js';
import { NODE_PROGRAMS, SPAWNERS, STARTERS, STARTERS_BY_PROPERTY } from './module-starters.js';
import { originOf } from './origins.js';
import { namesInside } from './path-value.js';
import type { PathValues } from './path-values.js';
import { requireFolder, requireResolveFolder } from './require-folder.js';
import type { ReferenceList } from './reference-list.js';
import type { Place } from './scopes.js';
import { loadedPattern, type SpecifierRules } from './specifiers.js';
import { isGuarded, isSure } from './surroundings.js';

/** Finds the modules that a module imports, requires or starts as workers and processes. */
export class LoadFinder {
  readonly imports: ModuleImport[] = [];
  /** Expressions that need no further analysis. */
  readonly handled = new Set<AnyNode>();
  readonly #values: PathValues;
  readonly #references: ReferenceList;
  readonly #lines: LineIndex;

  constructor(values: PathValues, references: ReferenceList, lines: LineIndex) {
    this.#values = values;
    this.#references = references;
    this.#lines = lines;
  }

  find(): void {
    const { tree } = this.#values;
    for (const place of tree.staticImports) {
      if ('source' in place.node && place.node.source) this.#import(place.node.source, 'static', place, true);
    }
    for (const place of tree.dynamicImports) {
      if (place.node.type === 'ImportExpression') this.#enterImport(place.node.source, place);
    }
    for (const place of tree.calls) {
      const { node } = place;
      if (node.type !== 'CallExpression' && node.type !== 'NewExpression') continue;
      const [argument] = node.arguments;
      if (argument && argument.type !== 'SpreadElement') this.#enterCall(node, argument, place);
    }
  }

  #enterImport(source: AnyNode, place: Place): void {
    const isAwaited = place.parent?.node.type === 'AwaitExpression';
    if (plainText(source) !== undefined) this.#import(source, 'dynamic', place, isAwaited && isSure(place));
    else
      this.#load('import', source, place, { folder: this.#values.folder.text, isUrl: true, isFile: false });
  }

  #enterCall(node: CallExpression | NewExpression, argument: AnyNode, place: Place): void {
    const { scope } = place;
    const { callee } = node;
    const required = requireFolder(this.#values, callee, scope);
    if (required) {
      const isOwn = originOf(callee, scope) === ':require' && plainText(argument) !== undefined;
      if (isOwn) return this.#import(argument, 'require', place, isSure(place));
      return this.#load('require', argument, place, { folder: required.text, isUrl: false, isFile: false });
    }
    const origin = callee.type === 'Super' ? this.#superOrigin(place) : originOf(callee, scope);
    const resolved = this.#resolveFolder(callee, origin, place);
    if (resolved !== undefined) {
      if (plainText(argument) !== undefined) this.#import(argument, 'resolve', place, isSure(place));
      const isUrl = origin === 'import.meta.resolve';
      return this.#load('resolve', argument, place, { folder: resolved, isUrl, isFile: false });
    }
    if (origin !== undefined) this.#enterStarter(origin, node, place);
  }

  /** Adds the module that a call of a function or class runs: as a worker, a process or a module hook. */
  #enterStarter(origin: string, node: CallExpression | NewExpression, place: Place): void {
    const [argument, second] = node.arguments;
    if (argument === undefined) return;
    const use = STARTERS[origin];
    const named = STARTERS_BY_PROPERTY[origin];
    const value = named && propertyOf(argument, named.property);
    if (origin === 'module.register') {
      const { text: folder } = this.#values.folder;
      this.#load('import', argument, place, { folder, isUrl: true, isFile: false });
    } else if (use) {
      if (!isEvaluated(second)) this.#start(use, argument, place);
    } else if (value) this.#start(named.use, value, place);
    else if (SPAWNERS.has(origin)) this.#enterSpawn(argument, second, place);
  }

  /** Adds the module that a call such as `spawn('node', ['worker.js'])` runs. */
  #enterSpawn(program: AnyNode, args: AnyNode | undefined, place: Place): void {
    if (args?.type !== 'ArrayExpression') return;
    const isNode = plainText(program) === 'node' || NODE_PROGRAMS.has(originOf(program, place.scope) ?? '');
    const module = args.elements.find((element) => element && this.#isCode(element, place));
    if (isNode && module) this.#start('fork', module, place);
  }

  #start(use: 'worker' | 'fork', argument: AnyNode, place: Place): void {
    this.#load(use, argument, place, { folder: this.#values.place.root, isUrl: false, isFile: true });
  }

  #load(use: ReferenceUse, argument: AnyNode, place: Place, rules: SpecifierRules): void {
    this.handled.add(argument);
    const isOptional = isGuarded(place);
    for (const value of this.#values.of(argument, place.scope)) {
      const isAnything = value.place === 'cwd' && !namesInside(value.text, this.#values.place.root);
      const pattern = isAnything ? undefined : loadedPattern(value, rules);
      if (pattern !== 'nothing')
        this.#references.add({ use, pattern, argument, shown: place.node, isOptional });
    }
  }

  #import(source: AnyNode, kind: ModuleImport['kind'], place: Place, isSure: boolean): void {
    const specifier = plainText(source) ?? '';
    this.imports.push({ specifier, kind, isSure, ...this.#lines.at(place.node.start) });
  }

  #resolveFolder(callee: AnyNode, origin: string | undefined, place: Place): string | undefined {
    if (origin === 'import.meta.resolve') return this.#values.folder.text;
    return requireResolveFolder(this.#values, callee, place.scope)?.text;
  }

  /** Returns the origin of the class that a call of `super` constructs. */
  #superOrigin(place: Place): string | undefined {
    for (let { parent } = place; parent; { parent } = parent) {
      const { node } = parent;
      if (node.type !== 'ClassDeclaration' && node.type !== 'ClassExpression') continue;
      return node.superClass ? originOf(node.superClass, parent.scope) : undefined;
    }
    return undefined;
  }

  #isCode(element: AnyNode, place: Place): boolean {
    const values = element.type === 'SpreadElement' ? [] : this.#values.of(element, place.scope);
    return values.some(({ text, place: from }) => from !== undefined && /\.[cm]?[jt]sx?$/.test(text));
  }
}

/** Returns the text of a literal string. esbuild itself resolves imports of such strings. */
function plainText(node: AnyNode): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type !== 'TemplateLiteral' || node.expressions.length > 0) return undefined;
  return node.quasis[0]?.value.cooked ?? undefined;
}

/** Returns whether the first argument of a worker is its source code, not its file. */
function isEvaluated(options: AnyNode | undefined): boolean {
  const value = propertyOf(options, 'eval');
  return value?.type === 'Literal' && value.value === true;
}
