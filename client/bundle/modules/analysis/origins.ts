import type { AnyNode, MemberExpression } from 'acorn';

import { keyName } from './declare-pattern.js';
import type { Scope, Source } from './scopes.js';

/** Modules with the same members, and their common name. */
const SAME_MODULES: Readonly<Record<string, string>> = {
  'fs/promises': 'fs',
  'fs-extra': 'fs',
  'graceful-fs': 'fs',
  'path/posix': 'path',
  pathe: 'path',
  upath: 'path',
  'cross-spawn': 'child_process.spawn',
  'fast-glob': 'glob',
  globby: 'glob',
  tinyglobby: 'glob',
};

/** Members that have the same functions as their module. */
const SAME_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  fs: ['promises'],
  path: ['posix', 'win32'],
};

/** Functions in which compilers wrap `require`. */
const INTEROP = /^_*(import(Default|Star)|interopRequire(Default|Wildcard)|toESM|interop(Namespace)?)$/i;

/** Origin of a result of `createRequire`. */
export const CREATED_REQUIRE = '#require';

const DEPTH_LIMIT = 30;

/**
 * The origins found so far. While an origin is being determined, its value is `false`, which ends circular references.
 */
const known = new WeakMap<Source, string | false>();

/**
 * Returns the name of an expression outside the module: `path.join` for a function of Node, `:process.cwd` for a
 * global, `import.meta.url`, or `lodash.get` for a package; undefined for anything else.
 */
export function originOf(node: AnyNode, scope: Scope, depth = 0): string | undefined {
  if (depth > DEPTH_LIMIT) return undefined;
  const next = (inner: AnyNode) => originOf(inner, scope, depth + 1);
  switch (node.type) {
    case 'Identifier':
      return originOfName(node.name, scope, depth);
    case 'MetaProperty':
      return node.meta.name === 'import' ? 'import.meta' : undefined;
    case 'MemberExpression':
      return originOfMember(node, next);
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return next(node.expression);
    case 'AwaitExpression':
      return next(node.argument);
    case 'ImportExpression':
      return node.source.type === 'Literal' ? moduleName(String(node.source.value)) : undefined;
    case 'SequenceExpression': {
      const last = node.expressions.at(-1);
      return last && next(last);
    }
    case 'LogicalExpression':
      return next(node.left) ?? next(node.right);
    case 'CallExpression':
      return originOfCall(node.callee, node.arguments[0], next);
    default:
      return undefined;
  }
}

/** Returns the name of the member that a member expression reads; undefined if it is computed. */
export function memberName(node: AnyNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  return node.computed && node.property.type !== 'Literal' ? undefined : keyName(node.property);
}

function originOfName(name: string, scope: Scope, depth: number): string | undefined {
  const binding = scope.find(name);
  if (binding === undefined) return name === 'globalThis' ? ':' : `:${name}`;
  const [source, ...others] = binding.sources;
  return source && others.length === 0 ? originOfSource(source, depth) : undefined;
}

function originOfMember(
  node: MemberExpression,
  next: (node: AnyNode) => string | undefined,
): string | undefined {
  const member = memberName(node);
  const object = member === undefined ? undefined : next(node.object);
  return object === undefined || member === undefined ? undefined : memberOf(object, member);
}

function originOfSource(source: Source, depth: number): string | undefined {
  if (source.kind === 'import') {
    const module = moduleName(source.module);
    return source.member === '' ? module : memberOf(module, source.member);
  }
  if (source.kind !== 'value') return undefined;
  const before = known.get(source);
  if (before !== undefined) return before === false ? undefined : before;
  known.set(source, false);
  let origin = originOf(source.node, source.scope, depth + 1);
  for (const member of source.members) origin &&= memberOf(origin, member);
  known.set(source, origin ?? false);
  return origin;
}

function originOfCall(
  callee: AnyNode,
  argument: AnyNode | undefined,
  next: (node: AnyNode) => string | undefined,
): string | undefined {
  if (argument === undefined) return undefined;
  const called = next(callee);
  if (called === 'module.createRequire') return CREATED_REQUIRE;
  if (called === ':require' || called === CREATED_REQUIRE || called === ':process.getBuiltinModule')
    return argument.type === 'Literal' ? moduleName(String(argument.value)) : undefined;
  const name = callee.type === 'Identifier' ? callee.name : memberName(callee);
  const isTransparent = called === 'util.promisify' || (name !== undefined && INTEROP.test(name));
  return isTransparent ? next(argument) : undefined;
}

function moduleName(specifier: string): string {
  const name = specifier.startsWith('node:') ? specifier.slice('node:'.length) : specifier;
  if (name === 'process' || name === 'console') return `:${name}`;
  return SAME_MODULES[name] ?? name;
}

function memberOf(object: string, member: string): string {
  if (member === 'default' || SAME_MEMBERS[object]?.includes(member)) return object;
  return object === ':' ? `:${member}` : `${object}.${member}`;
}
