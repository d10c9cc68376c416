import type { AnyNode, Program } from 'acorn';

import { tokensOf } from '../../packages/scan/script-tokens.js';
import { mayBeSloppy, sloppySignOf } from '../../packages/scan/sloppy-signs.js';
import type { ModuleTree } from './module-tree.js';
import { memberName } from './origins.js';
import type { Place } from './scopes.js';

/** Properties of `require` that work in a bundle. No module is the main module, in a bundle or a build. */
const REQUIRE_IN_BUNDLE = new Set(['resolve', 'main']);
const MODULE_IN_BUNDLE = new Set(['exports']);

/**
 * Returns whether a CommonJS module works only if Node itself loads it: it uses Node's module objects, such as
 * `require.cache`, or is not valid in strict mode, as all bundled code is.
 */
export function needsNode(program: Program, tree: ModuleTree, text: string): boolean {
  if (program.sourceType === 'script') return true;
  if (usesOf(tree, 'require').some((place) => !worksInBundle(place, REQUIRE_IN_BUNDLE))) return true;
  if (usesOf(tree, 'module').some((place) => !worksInBundle(place, MODULE_IN_BUNDLE))) return true;
  if (usesOf(tree, 'arguments').some(({ node, parent }) => propertyRead(node, parent) === 'callee'))
    return true;
  if (!mayBeSloppy(text)) return false;
  const tokens = tokensOf(text);
  return tokens.isSound && sloppySignOf(tokens) !== undefined;
}

/** Returns the uses of a name that the module does not declare. */
function usesOf({ uses }: ModuleTree, name: string): readonly Place[] {
  return uses.get(name)?.filter(({ scope }) => scope.find(name) === undefined) ?? [];
}

/** Returns whether a use of `require` or `module` gives the same in a bundle. */
function worksInBundle({ node, parent }: Place, properties: ReadonlySet<string>): boolean {
  const property = propertyRead(node, parent);
  if (property !== undefined) return properties.has(property);
  switch (parent?.node.type) {
    case 'CallExpression':
      return parent.node.callee === node;
    case 'UnaryExpression':
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'IfStatement':
    case 'ConditionalExpression':
      return true;
    default:
      return false;
  }
}

function propertyRead(node: AnyNode, parent: Place | undefined): string | undefined {
  if (parent?.node.type !== 'MemberExpression' || parent.node.object !== node) return undefined;
  return memberName(parent.node) ?? '';
}
