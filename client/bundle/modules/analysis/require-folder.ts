import path from 'node:path';
import type { AnyNode, CallExpression } from 'acorn';

import type { Evaluation } from './evaluation.js';
import { CREATED_REQUIRE, memberName, originOf } from './origins.js';
import type { PathValue } from './path-value.js';
import type { Scope } from './scopes.js';

/** Returns the folder from which `require` or a result of `createRequire` resolves; undefined for other expressions. */
export function requireFolder(values: Evaluation, node: AnyNode, scope: Scope): PathValue | undefined {
  const origin = originOf(node, scope);
  if (origin === ':require' || origin === ':module.require') return values.folder;
  if (origin !== CREATED_REQUIRE) return undefined;
  const [made, where] = creationOf(node, scope);
  const [from] = made?.arguments[0] ? values.of(made.arguments[0], where) : [];
  if (from === undefined) return undefined;
  return { ...from, form: 'path', text: path.posix.join(from.text, from.text.endsWith('/') ? '.' : '..') };
}

/** Returns the folder from which `require.resolve` resolves; undefined for other functions. */
export function requireResolveFolder(
  values: Evaluation,
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
