import path from 'node:path';
import type { AnyNode } from 'acorn';

import { propertyOf } from './declare-pattern.js';
import { originOf } from './origins.js';
import { combine, HOLE, isAbsolute, literal, type PathValue } from './path-value.js';
import type { PathValues } from './path-values.js';
import { toPattern, type ReferenceList } from './reference-list.js';
import type { Place } from './scopes.js';
import { isGuarded } from './surroundings.js';

/** The special characters of glob patterns. */
const MAGIC = /\*\*\/|[*?]+|[@!+]\([^)]*\)|\{[^}]*\}|\[[^\]]*\]/g;

/**
 * Adds the files that calls such as `glob('sql/*.sql', { cwd: folder })` list.
 * @param handled receives the expressions that need no further analysis
 */
export function addGlobReferences(
  values: PathValues,
  references: ReferenceList,
  handled: Set<AnyNode>,
): void {
  for (const place of values.tree.calls) {
    const { node, scope } = place;
    if (node.type !== 'CallExpression' || !isGlob(originOf(node.callee, scope))) continue;
    const [patterns, options] = node.arguments;
    const folder = propertyOf(options, 'cwd');
    const bases = folder ? values.of(folder, scope) : [workingFolder(values)];
    for (const argument of patterns?.type === 'ArrayExpression' ? patterns.elements : [patterns]) {
      if (!argument || argument.type === 'SpreadElement') continue;
      handled.add(argument);
      if (folder) handled.add(folder);
      addListed(argument, combine([bases, values.of(argument, scope)], under), place, references);
    }
  }
}

function isGlob(origin: string | undefined): boolean {
  return origin !== undefined && /^(fs\.glob(Sync)?$|glob(\.|$))/.test(origin);
}

/** Adds the paths that a pattern of a glob may match. */
function addListed(
  argument: AnyNode,
  listed: readonly PathValue[],
  call: Place,
  references: ReferenceList,
): void {
  for (const { text, place } of listed) {
    if (place === undefined || text.startsWith('!')) continue;
    references.add({
      use: 'folder',
      pattern: toPattern('path', text),
      argument,
      shown: call.node,
      isOptional: place === 'cwd' || isGuarded(call),
    });
  }
}

function workingFolder(values: PathValues): PathValue {
  return { text: values.place.root, form: 'path', place: 'cwd' };
}

function under([base, pattern]: readonly PathValue[]): PathValue {
  if (base === undefined || pattern === undefined) return literal('');
  const { text } = literal(pattern.text.replaceAll(MAGIC, HOLE));
  if (pattern.place || isAbsolute(text)) return { ...pattern, text };
  // Ignores a pattern whose first part is unknown, because it may name any folder.
  if (text.startsWith(HOLE) && base.place === 'cwd') return literal('');
  return { ...base, text: path.posix.join(base.text, text) };
}
