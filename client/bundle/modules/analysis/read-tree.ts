import type { AnyNode, ImportDeclaration, Pattern, Program } from 'acorn';

import { forEachChildFromLast } from './child-nodes.js';
import { keyName, readPattern } from './declare-pattern.js';
import type { FunctionPlace, ModuleTree } from './module-tree.js';
import { memberName } from './origins.js';
import { isFunctionNode, Scope, type Binding, type FunctionNode, type Place, type Source } from './scopes.js';

/** Array methods that call a function with each element. */
const ITERATORS = new Set(['map', 'forEach', 'flatMap', 'filter', 'some', 'every', 'find', 'findIndex']);

/** Finds the scopes, names and calls of a module. */
export function readTree(program: Program): ModuleTree {
  return new TreeReader().read(program);
}

/** Walks a module once, without recursion, because code may be nested deeply. */
class TreeReader {
  readonly #calls: Place[] = [];
  readonly #dynamicImports: Place[] = [];
  readonly #staticImports: Place[] = [];
  readonly #metas: Place[] = [];
  readonly #uses = new Map<string, Place[]>();
  readonly #functions = new Map<FunctionNode, FunctionPlace>();
  readonly #functionBindings = new Map<FunctionNode, Binding>();
  readonly #assigned: { name: string; scope: Scope; sources: readonly Source[] }[] = [];
  readonly #open: Place[] = [];
  #isModule = false;

  read(program: Program): ModuleTree {
    this.#open.push({ node: program, parent: undefined, scope: new Scope(undefined, true) });
    for (let place = this.#open.pop(); place; place = this.#open.pop()) this.#enter(place);
    // Resolves assignments last, because one may come before the declaration of its name.
    for (const { name, scope, sources } of this.#assigned) scope.find(name)?.sources.push(...sources);
    return {
      calls: this.#calls,
      dynamicImports: this.#dynamicImports,
      staticImports: this.#staticImports,
      metas: this.#metas,
      uses: this.#uses,
      functions: this.#functions,
      functionBindings: this.#functionBindings,
      isModule: this.#isModule,
    };
  }

  #enter(place: Place): void {
    const { node, scope } = place;
    if (isFunctionNode(node)) return this.#enterFunction(node, place);
    switch (node.type) {
      case 'Identifier':
        return this.#use(node.name, place);
      case 'VariableDeclarator':
        return this.#enterDeclarator(place);
      case 'AssignmentExpression':
        return this.#enterAssignment(place);
      case 'ForInStatement':
      case 'ForOfStatement':
        return this.#enterLoop(place);
      case 'CatchClause': {
        const inner = new Scope(scope, false);
        if (node.param) this.#declare(node.param, { kind: 'unknown' }, { ...place, scope: inner });
        return this.#push(node.body, place, inner);
      }
      case 'ClassDeclaration':
      case 'ClassExpression':
        if (node.id) scope.declare(node.id.name).sources.push({ kind: 'unknown' });
        return this.#children(place, scope);
      case 'BlockStatement':
        // The body of a function shares the scope of its parameters.
        if (place.parent && isFunctionNode(place.parent.node)) return this.#children(place, scope);
        return this.#children(place, new Scope(scope, false));
      case 'StaticBlock':
      case 'ForStatement':
      case 'SwitchStatement':
        return this.#children(place, new Scope(scope, node.type === 'StaticBlock'));
      default:
        this.#note(place);
        return this.#children(place, scope);
    }
  }

  #note(place: Place): void {
    const { node, scope } = place;
    if (node.type === 'CallExpression' || node.type === 'NewExpression') this.#calls.push(place);
    else if (node.type === 'ImportExpression') this.#dynamicImports.push(place);
    else if (node.type === 'MetaProperty' && node.meta.name === 'import') {
      this.#metas.push(place);
      this.#isModule = true;
    } else if (node.type === 'AwaitExpression' && scope.ofFunction.parent === undefined)
      this.#isModule = true;
    else if (node.type === 'ImportDeclaration') this.#enterImport(node, place);
    else if (node.type.startsWith('Export')) {
      this.#isModule = true;
      if ('source' in node && node.source) this.#staticImports.push(place);
    }
  }

  #enterImport(node: ImportDeclaration, place: Place): void {
    this.#isModule = true;
    this.#staticImports.push(place);
    const module = String(node.source.value);
    for (const specifier of node.specifiers) {
      const member = specifier.type === 'ImportSpecifier' ? (keyName(specifier.imported) ?? '') : '';
      place.scope.declare(specifier.local.name).sources.push({ kind: 'import', module, member });
    }
  }

  #enterFunction(node: FunctionNode, place: Place): void {
    const scope = new Scope(place.scope, true);
    this.#functions.set(node, { scope, iterated: iteratedBy(place) });
    if (node.id) {
      const binding = (node.type === 'FunctionDeclaration' ? place.scope : scope).declare(node.id.name);
      binding.sources.push({ kind: 'function', node });
      binding.isExported ||= isExported(place);
      // If a function expression is assigned to a variable, calls use the name of the variable.
      if (!this.#functionBindings.has(node)) this.#functionBindings.set(node, binding);
    }
    this.#push(node.body, place, scope);
    node.params.forEach((parameter, index) =>
      this.#declare(parameter, { kind: 'parameter', function: node, index }, { ...place, scope }),
    );
  }

  #enterDeclarator(place: Place): void {
    const { node, scope, parent } = place;
    if (node.type !== 'VariableDeclarator') return;
    const isVar = parent?.node.type === 'VariableDeclaration' && parent.node.kind === 'var';
    const target = { ...place, scope: isVar ? scope.ofFunction : scope };
    const { id, init } = node;
    const source: Source | undefined = init ? { kind: 'value', node: init, scope, members: [] } : undefined;
    if (init) this.#push(init, place, scope);
    // A loop declares its variables itself.
    if (!isLoop(parent?.parent)) this.#declare(id, source, target);
    if (init && isFunctionNode(init) && id.type === 'Identifier')
      this.#functionBindings.set(init, target.scope.declare(id.name));
  }

  #enterAssignment(place: Place): void {
    const { node, scope } = place;
    if (node.type !== 'AssignmentExpression') return;
    this.#push(node.right, place, scope);
    const isPlain = ['=', '||=', '&&=', '??='].includes(node.operator);
    const source: Source = isPlain
      ? { kind: 'value', node: node.right, scope, members: [] }
      : { kind: 'unknown' };
    this.#assign(node.left, source, place);
  }

  #enterLoop(place: Place): void {
    const { node } = place;
    if (node.type !== 'ForOfStatement' && node.type !== 'ForInStatement') return;
    const scope = new Scope(place.scope, false);
    if (node.type === 'ForOfStatement' && node.await && scope.ofFunction.parent === undefined)
      this.#isModule = true;
    const source: Source =
      node.type === 'ForOfStatement' ? { kind: 'element', node: node.right, scope } : { kind: 'unknown' };
    this.#push(node.body, place, scope);
    this.#push(node.right, place, scope);
    if (node.left.type !== 'VariableDeclaration') return this.#assign(node.left, source, { ...place, scope });
    const declared = node.left.kind === 'var' ? scope.ofFunction : scope;
    for (const { id } of node.left.declarations) this.#declare(id, source, { ...place, scope: declared });
  }

  #assign(pattern: Pattern, source: Source, place: Place): void {
    const { names, expressions } = readPattern(pattern, source, place.scope);
    for (const { name, sources } of names) this.#assigned.push({ name, scope: place.scope, sources });
    for (const expression of expressions) this.#pushInPattern(expression, place);
  }

  #declare(pattern: Pattern, source: Source | undefined, place: Place): void {
    const { names, expressions } = readPattern(pattern, source ?? { kind: 'unknown' }, place.scope);
    for (const { name, sources } of names) {
      const binding = place.scope.declare(name);
      // `let x;` has no initial value; its assignments are added later.
      if (source) binding.sources.push(...sources);
      binding.isExported ||= isExported(place.parent);
    }
    for (const expression of expressions) this.#pushInPattern(expression, place);
  }

  #pushInPattern(node: AnyNode, place: Place): void {
    if (node.type !== 'AssignmentPattern') return this.#push(node, place, place.scope);
    this.#push(node.right, { node, parent: place, scope: place.scope }, place.scope);
  }

  #use(name: string, place: Place): void {
    const uses = this.#uses.get(name);
    if (uses) uses.push(place);
    else this.#uses.set(name, [place]);
  }

  #push(node: AnyNode, parent: Place, scope: Scope): void {
    if (node.type === 'Literal' || node.type === 'ThisExpression') return;
    this.#open.push({ node, parent, scope });
  }

  #children(place: Place, scope: Scope): void {
    forEachChildFromLast(place.node, (child) => this.#push(child, place, scope));
  }
}

function isExported(place: Place | undefined): boolean {
  const type = place?.parent?.node.type;
  return type === 'ExportNamedDeclaration' || type === 'ExportDefaultDeclaration';
}

function isLoop(place: Place | undefined): boolean {
  return place?.node.type === 'ForOfStatement' || place?.node.type === 'ForInStatement';
}

function iteratedBy({ node, parent, scope }: Place): FunctionPlace['iterated'] {
  if (parent?.node.type !== 'CallExpression' || parent.node.arguments[0] !== node) return undefined;
  const { callee } = parent.node;
  const method = memberName(callee);
  if (callee.type !== 'MemberExpression' || method === undefined || !ITERATORS.has(method)) return undefined;
  return { node: callee.object, scope };
}
