import type { AnyNode, ArrayExpression } from 'acorn';

import { keyName } from './declare-pattern.js';
import type { Evaluation, Surroundings } from './evaluation.js';
import { originOf } from './origins.js';
import { literal, parentOf, UNKNOWN, type PathValue } from './path-value.js';
import type { Scope } from './scopes.js';

/**
 * Returns the values that a member of an object may have.
 * @param member `undefined` for any member
 */
export function memberValue(
  values: Evaluation,
  object: AnyNode,
  member: string | undefined,
  { scope, passed }: Surroundings,
): readonly PathValue[] {
  const placed = member === undefined ? undefined : placeMember(values, originOf(object, scope), member);
  if (placed) return [placed];
  const [made, where] = objectOf(object, scope);
  if (made.type === 'ObjectExpression' || made.type === 'ArrayExpression') {
    const found = elementsOf(made, member);
    return found ? found.flatMap((node) => values.of(node, where, passed)) : [UNKNOWN];
  }
  if (made.type === 'CallExpression' && originOf(made.callee, where) === 'path.parse') {
    const parsed = made.arguments[0] ? values.of(made.arguments[0], where, passed) : [];
    return member === 'dir' ? parsed.map(parentOf) : [UNKNOWN];
  }
  if (member !== 'href' && member !== 'pathname') return [UNKNOWN];
  return values
    .of(object, scope, passed)
    .map((value) =>
      value.form !== 'url' ? UNKNOWN : { ...value, form: member === 'href' ? 'url' : 'path' },
    );
}

/** Returns the value of a member that is the module's own path, such as `import.meta.url`, or of `path.sep`. */
function placeMember(values: Evaluation, origin: string | undefined, member: string): PathValue | undefined {
  if (origin === 'import.meta') {
    if (member === 'url') return { ...values.file, form: 'url' };
    if (member === 'filename') return values.file;
    return member === 'dirname' ? values.folder : undefined;
  }
  if (origin === ':module' && member === 'filename') return values.file;
  if (origin === ':module' && member === 'path') return values.folder;
  return origin === 'path' && member === 'sep' ? literal('/') : undefined;
}

/** An expression and its scope. */
type Scoped = readonly [AnyNode, Scope];

const DEPTH_LIMIT = 10;

/** Follows names and nested members to the expression that creates an object. */
function objectOf(node: AnyNode, scope: Scope, depth = 0): Scoped {
  const next = depth > DEPTH_LIMIT ? undefined : sourceOf(node, scope, depth);
  return next === undefined ? [node, scope] : objectOf(...next, depth + 1);
}

/**
 * Returns the expression from which a node has its value: for a name, the only expression that is assigned to it.
 * Returns undefined if there is no such expression, or several.
 */
function sourceOf(node: AnyNode, scope: Scope, depth: number): Scoped | undefined {
  switch (node.type) {
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return [node.expression, scope];
    case 'CallExpression': {
      const isFrozen = originOf(node.callee, scope) === ':Object.freeze';
      return isFrozen && node.arguments[0] ? [node.arguments[0], scope] : undefined;
    }
    case 'MemberExpression': {
      if (node.computed) return undefined;
      const [outer, where] = objectOf(node.object, scope, depth + 1);
      const [only, ...others] = elementsOf(outer, keyName(node.property)) ?? [];
      return only && others.length === 0 ? [only, where] : undefined;
    }
    case 'Identifier':
      return onlyValueOf(node.name, scope);
    default:
      return undefined;
  }
}

/** Returns the only expression that is assigned to a name; undefined if there are several. */
function onlyValueOf(name: string, scope: Scope): Scoped | undefined {
  const [source, ...others] = scope.find(name)?.sources ?? [];
  const isPlain = source?.kind === 'value' && source.members.length === 0 && others.length === 0;
  return isPlain ? [source.node, source.scope] : undefined;
}

/** Returns the expressions that may be the value of a member; undefined if the object may have other members. */
function elementsOf(object: AnyNode, member: string | undefined): readonly AnyNode[] | undefined {
  if (object.type === 'ArrayExpression') return arrayElements(object, member);
  if (object.type !== 'ObjectExpression') return undefined;
  const found: AnyNode[] = [];
  for (const property of object.properties) {
    if (property.type === 'SpreadElement' || property.computed || property.kind !== 'init') return undefined;
    if (member === undefined || keyName(property.key) === member) found.push(property.value);
  }
  return found.length > 0 ? found : undefined;
}

function arrayElements(
  { elements }: ArrayExpression,
  member: string | undefined,
): readonly AnyNode[] | undefined {
  const chosen = member === undefined ? elements : [elements[Number(member)] ?? null];
  const plain = chosen.filter((element) => element !== null && element.type !== 'SpreadElement');
  return plain.length === chosen.length && plain.length > 0 ? plain : undefined;
}
