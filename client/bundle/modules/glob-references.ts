import path from 'node:path';
import type { AnyNode } from 'acorn';

import { propertyOf } from './declare-pattern.js';
import { originOf } from './origins.js';
import { combine, HOLE, isAbsolute, literal, type PathValue } from './path-value.js';
import type { PathValues } from './path-values.js';
import { toPattern, type ReferenceList } from './reference-list.js';
import { isGuarded } from './surroundings.js';

/** What has a meaning of its own in patterns of file names. */
const MAGIC = /\*\*\/|[*?]+|[@!+]\([^)]*\)|\{[^}]*\}|\[[^\]]*\]/g;

/** Adds the files that calls such as `glob('sql/*.sql', { cwd: folder })` list. */
export function addGlobReferences(values: PathValues, references: ReferenceList, taken: Set<AnyNode>): void {
  for (const place of values.tree.calls) {
    const { node, scope } = place;
    if (node.type !== 'CallExpression') continue;
    const origin = originOf(node.callee, scope);
    if (origin !== 'fs.glob' && origin !== 'fs.globSync' && !/^glob(\.|$)/.test(origin ?? '')) continue;
    const [patterns, options] = node.arguments;
    const folder = propertyOf(options, 'cwd');
    const bases = folder ? values.of(folder, scope) : [workingFolder(values)];
    for (const argument of patterns?.type === 'ArrayExpression' ? patterns.elements : [patterns]) {
      if (!argument || argument.type === 'SpreadElement') continue;
      taken.add(argument);
      if (folder) taken.add(folder);
      for (const { text, place: from } of combine([bases, values.of(argument, scope)], under))
        if (from !== undefined && !text.startsWith('!'))
          references.add({
            use: 'folder',
            pattern: toPattern('path', text),
            argument,
            shown: node,
            isOptional: from === 'cwd' || isGuarded(place),
          });
    }
  }
}

function workingFolder(values: PathValues): PathValue {
  return { text: values.place.root, form: 'path', place: 'cwd' };
}

function under([base, pattern]: readonly PathValue[]): PathValue {
  if (base === undefined || pattern === undefined) return literal('');
  const { text } = literal(pattern.text.replaceAll(MAGIC, HOLE));
  if (pattern.place || isAbsolute(text)) return { ...pattern, text };
  // What is unknown from its beginning on may be any folder.
  if (text.startsWith(HOLE) && base.place === 'cwd') return literal('');
  return { ...base, text: path.posix.join(base.text, text) };
}
