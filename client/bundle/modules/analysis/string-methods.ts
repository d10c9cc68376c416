import type { AnyNode } from 'acorn';

import { changed, combine, concatenate, HOLE, isAbsolute, UNKNOWN, type PathValue } from './path-value.js';

/** Methods that return the text unchanged. */
const SAME = new Set(['toString', 'valueOf', 'trim', 'toJSON', 'normalize']);

interface Call {
  readonly receiver: () => readonly PathValue[];
  readonly operands: () => readonly (readonly PathValue[])[];
}

/** Returns the values that a method of strings and URLs may return; `undefined` for unknown methods. */
export function methodValue(
  method: string,
  args: readonly AnyNode[],
  { receiver, operands }: Call,
): readonly PathValue[] | undefined {
  if (SAME.has(method)) return receiver();
  if (method === 'concat') return combine([receiver(), ...operands()], concatenate);
  if (method === 'slice' || method === 'substring' || method === 'substr')
    return receiver().map((value) =>
      isUrl(value) && cutsScheme(args) ? { ...value, form: 'path' } : UNKNOWN,
    );
  if (method !== 'replace' && method !== 'replaceAll') return undefined;
  const [pattern] = args;
  return combine([receiver(), operands()[1] ?? [UNKNOWN]], ([value = UNKNOWN, replacement = UNKNOWN]) =>
    value.place || !value.text.includes(HOLE) ? replaced(value, pattern, replacement) : UNKNOWN,
  );
}

function isUrl({ form, place }: PathValue): boolean {
  return form === 'url' && place !== undefined;
}

/**
 * Returns whether the arguments are those of `slice(7)` or `slice('file://'.length)`, which remove the scheme of a URL.
 */
function cutsScheme([argument, ...others]: readonly AnyNode[]): boolean {
  if (others.length > 0 || argument === undefined) return false;
  if (argument.type === 'Literal') return argument.value === 'file://'.length;
  return (
    argument.type === 'MemberExpression' &&
    argument.object.type === 'Literal' &&
    argument.object.value === 'file://'
  );
}

function replaced(value: PathValue, pattern: AnyNode | undefined, replacement: PathValue): PathValue {
  const searched = pattern?.type === 'Literal' ? pattern.value : undefined;
  if (typeof searched !== 'string' && !(searched instanceof RegExp)) return changed(value);
  const isScheme =
    typeof searched === 'string' ? /^file:/.test(searched) : searched.source.startsWith('^file:');
  if (isUrl(value) && isScheme) return { ...value, form: 'path' };
  if (value.text.includes(HOLE) || replacement.text.includes(HOLE)) return changed(value);
  const text = value.text.replace(searched, replacement.text);
  return value.place && !isAbsolute(text) ? UNKNOWN : { ...value, text };
}
