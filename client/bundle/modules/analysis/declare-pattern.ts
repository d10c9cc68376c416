import type { AnyNode, Pattern } from 'acorn';

import type { Scope, Source } from './scopes.js';

/** The names that a pattern declares, and the expressions inside it: default values and computed keys. */
export interface DeclaredPattern {
  readonly names: readonly { readonly name: string; readonly sources: readonly Source[] }[];
  readonly expressions: readonly AnyNode[];
}

/**
 * Reads a destructuring pattern.
 * @param source the value that the pattern destructures
 */
export function readPattern(pattern: Pattern, source: Source, scope: Scope): DeclaredPattern {
  const names: { name: string; sources: readonly Source[] }[] = [];
  const expressions: AnyNode[] = [];
  read(pattern, source);
  return { names, expressions };

  function read(node: Pattern, from: Source, otherwise?: Source): void {
    switch (node.type) {
      case 'Identifier':
        names.push({ name: node.name, sources: otherwise ? [from, otherwise] : [from] });
        return;
      case 'AssignmentPattern':
        expressions.push(node);
        read(node.left, from, { kind: 'value', node: node.right, scope, members: [] });
        return;
      case 'ObjectPattern':
        for (const property of node.properties) {
          if (property.type === 'RestElement') read(property.argument, { kind: 'unknown' });
          else {
            if (property.computed) expressions.push(property.key);
            read(property.value, memberOf(from, property.computed ? undefined : keyName(property.key)));
          }
        }
        return;
      case 'ArrayPattern':
        node.elements.forEach((element, index) => element && read(element, memberOf(from, `${index}`)));
        return;
      case 'RestElement':
        read(node.argument, { kind: 'unknown' });
        return;
      case 'MemberExpression':
        expressions.push(node);
        return;
    }
  }
}

/** Returns the name of a key. @param key not computed */
export function keyName(key: AnyNode): string | undefined {
  if (key.type === 'Identifier') return key.name;
  return key.type === 'Literal' && key.value !== null ? String(key.value) : undefined;
}

/** Returns the value of a property of an object literal. */
export function propertyOf(node: AnyNode | undefined, name: string): AnyNode | undefined {
  if (node?.type !== 'ObjectExpression') return undefined;
  for (const property of node.properties)
    if (property.type === 'Property' && !property.computed && keyName(property.key) === name)
      return property.value;
  return undefined;
}

function memberOf(source: Source, member: string | undefined): Source {
  if (source.kind !== 'value' || member === undefined) return { kind: 'unknown' };
  return { ...source, members: [...source.members, member] };
}
