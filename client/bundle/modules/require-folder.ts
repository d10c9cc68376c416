import path from 'node:path';
import type { AnyNode, CallExpression } from 'acorn';

import { CREATED_REQUIRE, memberName, originOf } from './origins.js';
import type { PathValue } from './path-value.js';
import type { PathValues } from './path-values.js';
import type { Scope } from './scopes.js';

/** Returns the folder that a `require` or a result of `createRequire` resolves from, `undefined` for anything else. */
export function requireFolder(values: PathValues, node: AnyNode, scope: Scope): PathValue | undefined {
  const origin = originOf(node, scope);
  if (origin === ':require' || origin === ':module.require') return values.folder;
  if (origin !== CREATED_REQUIRE) return undefined;
  const [made, where] = creationOf(node, scope);
  const [from] = made?.arguments[0] ? values.of(made.arguments[0], where) : [];
  if (from === undefined) return undefined;
  return { ...from, form: 'path', text: path.posix.join(from.text, from.text.endsWith('/') ? '.' : '..') };
}

/** Returns the folder that `require.resolve` resolves from, `undefined` for any other function. */
export function requireResolveFolder(
  values: PathValues,
  callee: AnyNode,
  scope: Scope,
): PathValue | undefined {
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'resolve') return undefined;
  return requireFolder(values, callee.object, scope);
}

function creationOf(node: AnyNode, scope: Scope, depth = 0): [CallExpression | undefined, Scope] {
  if (node.type === 'CallExpression') return [node, scope];
  const [source] = node.type === 'Identifier' ? (scope.find(node.name)?.sources ?? []) : [];
  return source?.kind === 'value' && depth < 10
    ? creationOf(source.node, source.scope, depth + 1)
    : [undefined, scope];
}
