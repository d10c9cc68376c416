import type { AnyNode } from 'acorn';

import { keyName } from './declare-pattern.js';
import { originOf } from './origins.js';
import { literal, parentOf, UNKNOWN, type PathValue } from './path-value.js';
import type { Given, PathValues } from './path-values.js';
import type { Scope } from './scopes.js';

/** Where an expression is evaluated. */
export interface Surroundings {
  readonly scope: Scope;
  readonly given: Given | undefined;
}

/**
 * Returns what a member of an object may be, as far as paths are concerned.
 * @param member `undefined`: any of them
 */
export function memberValue(
  values: PathValues,
  object: AnyNode,
  member: string | undefined,
  { scope, given }: Surroundings,
): readonly PathValue[] {
  const placed = member === undefined ? undefined : placeMember(values, originOf(object, scope), member);
  if (placed) return [placed];
  const [made, where] = objectOf(object, scope);
  if (made.type === 'ObjectExpression' || made.type === 'ArrayExpression') {
    const found = elementsOf(made, member);
    return found ? found.flatMap((node) => values.of(node, where, given)) : [UNKNOWN];
  }
  if (made.type === 'CallExpression' && originOf(made.callee, where) === 'path.parse') {
    const parsed = made.arguments[0] ? values.of(made.arguments[0], where, given) : [];
    return member === 'dir' ? parsed.map(parentOf) : [UNKNOWN];
  }
  if (member !== 'href' && member !== 'pathname') return [UNKNOWN];
  return values
    .of(object, scope, given)
    .map((value) =>
      value.form !== 'url' ? UNKNOWN : { ...value, form: member === 'href' ? 'url' : 'path' },
    );
}

/** The places that Node gives a module. */
function placeMember(values: PathValues, origin: string | undefined, member: string): PathValue | undefined {
  if (origin === 'import.meta') {
    if (member === 'url') return { ...values.file, form: 'url' };
    if (member === 'filename') return values.file;
    return member === 'dirname' ? values.folder : undefined;
  }
  if (origin === ':module' && member === 'filename') return values.file;
  if (origin === ':module' && member === 'path') return values.folder;
  return origin === 'path' && member === 'sep' ? literal('/') : undefined;
}

/** Follows names and nested members to the expression that makes an object. */
function objectOf(node: AnyNode, scope: Scope, depth = 0): readonly [AnyNode, Scope] {
  if (depth > 10) return [node, scope];
  if (node.type === 'ChainExpression' || node.type === 'ParenthesizedExpression')
    return objectOf(node.expression, scope, depth + 1);
  if (
    node.type === 'CallExpression' &&
    originOf(node.callee, scope) === ':Object.freeze' &&
    node.arguments[0]
  )
    return objectOf(node.arguments[0], scope, depth + 1);
  if (node.type === 'MemberExpression' && !node.computed) {
    const [outer, where] = objectOf(node.object, scope, depth + 1);
    const isMade = outer.type === 'ObjectExpression' || outer.type === 'ArrayExpression';
    const [only, ...others] = (isMade ? elementsOf(outer, keyName(node.property)) : undefined) ?? [];
    return only && others.length === 0 ? objectOf(only, where, depth + 1) : [node, scope];
  }
  if (node.type !== 'Identifier') return [node, scope];
  const [source, ...others] = scope.find(node.name)?.sources ?? [];
  if (source?.kind !== 'value' || source.members.length > 0 || others.length > 0) return [node, scope];
  return objectOf(source.node, source.scope, depth + 1);
}

/** Returns the expressions that a member may be; `undefined` where the object may have others. */
function elementsOf(object: AnyNode, member: string | undefined): readonly AnyNode[] | undefined {
  if (object.type === 'ArrayExpression') {
    const elements = member === undefined ? object.elements : [object.elements[Number(member)] ?? null];
    const plain = elements.filter((element) => element !== null && element.type !== 'SpreadElement');
    return plain.length === elements.length && plain.length > 0 ? plain : undefined;
  }
  if (object.type !== 'ObjectExpression') return undefined;
  const found: AnyNode[] = [];
  for (const property of object.properties) {
    if (property.type === 'SpreadElement' || property.computed || property.kind !== 'init') return undefined;
    if (member === undefined || keyName(property.key) === member) found.push(property.value);
  }
  return found.length > 0 ? found : undefined;
}
