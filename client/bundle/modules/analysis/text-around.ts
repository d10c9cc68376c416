import type { AnyNode } from 'acorn';

import { combine, concatenate, literal, type PathValue } from './path-value.js';
import type { PathValues } from './path-values.js';
import type { Place } from './scopes.js';

/** Characters that end a path inside a command or a message. */
const PATH_END = /[\s;&|<>"'`,:()].*$/s;

/** Text that contains a path, such as a command. */
export interface TextAround {
  /** The whole text. */
  readonly top: Place;
  /** The path with the text that follows it. */
  readonly values: readonly PathValue[];
}

/** Returns the path inside a text; undefined if the expression is not part of a text. */
export function textAround(place: Place, parent: Place, values: PathValues): TextAround | undefined {
  const following: (readonly PathValue[])[] = [];
  let top = place;
  for (let outer: Place | undefined = parent; outer; outer = outer.parent) {
    const after = textAfter(top.node, outer, values);
    if (after === undefined) break;
    following.push(...after);
    top = outer;
  }
  if (top === place) return undefined;
  const rest = combine(following, concatenate).map(({ text }) => literal(text.replace(PATH_END, '')));
  return { top, values: combine([values.of(place.node, place.scope), rest], concatenate) };
}

/** Returns the values that follow a part of a text. */
function textAfter(
  node: AnyNode,
  outer: Place,
  values: PathValues,
): readonly (readonly PathValue[])[] | undefined {
  const text = outer.node;
  if (text.type === 'BinaryExpression') {
    if (text.operator !== '+') return undefined;
    return text.left === node ? [values.of(text.right, outer.scope)] : [];
  }
  if (text.type !== 'TemplateLiteral') return undefined;
  const index = text.expressions.findIndex((expression) => expression === node);
  return text.quasis.slice(index + 1).flatMap(({ value }, at) => {
    const expression = text.expressions[index + 1 + at];
    return [
      [literal(value.cooked ?? value.raw)],
      ...(expression ? [values.of(expression, outer.scope)] : []),
    ];
  });
}
