import type { AnyNode } from 'acorn';

import { isFunctionNode, type FunctionNode, type Place } from './scopes.js';

/** Returns whether a node is evaluated each time that its module is: it is not in a function, a branch or a `try`. */
export function isSure(place: Place): boolean {
  for (let { node, parent } = place; parent; { node, parent } = parent) {
    const outer = parent.node;
    if (isFunctionNode(outer) && !isCalledAtOnce(parent)) return false;
    if (isBranch(outer, node) || isTried(outer, node)) return false;
    if (outer.type === 'PropertyDefinition' && outer.value === node) return false;
  }
  return true;
}

/** Returns whether an error of a node is caught, by a `try` or `.catch`. */
export function isGuarded(place: Place): boolean {
  for (let { node, parent } = place; parent; { node, parent } = parent)
    if (isTried(parent.node, node)) return true;
  const { parent } = place;
  return parent?.node.type === 'MemberExpression' && isCatch(parent.node.property);
}

/** Returns the innermost function that contains a node. */
export function functionAround(place: Place): FunctionNode | undefined {
  for (let { parent } = place; parent; { parent } = parent)
    if (isFunctionNode(parent.node)) return parent.node;
  return undefined;
}

function isTried(outer: AnyNode, inner: AnyNode): boolean {
  return outer.type === 'TryStatement' && outer.handler !== null && outer.block === inner;
}

function isBranch(outer: AnyNode, inner: AnyNode): boolean {
  switch (outer.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'WhileStatement':
      return outer.test !== inner;
    case 'ForStatement':
      return outer.init !== inner && outer.test !== inner;
    case 'ForInStatement':
    case 'ForOfStatement':
      return outer.right !== inner;
    case 'LogicalExpression':
      return outer.right === inner;
    case 'SwitchCase':
    case 'CatchClause':
      return true;
    default:
      return false;
  }
}

function isCalledAtOnce({ node, parent }: Place): boolean {
  return parent?.node.type === 'CallExpression' && parent.node.callee === node;
}

function isCatch(property: AnyNode): boolean {
  return property.type === 'Identifier' && property.name === 'catch';
}
