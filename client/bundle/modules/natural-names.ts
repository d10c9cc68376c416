import { closersOf } from '../packages/scan/declared-names.js';
import { TokenKind, tokenText, tokensOf, type ScriptTokens } from '../packages/scan/script-tokens.js';

/** The function with which esbuild sets the `name` of functions and classes. */
const NAMER = '__name';

/**
 * Removes esbuild's calls of `__name` that give a function or class the name that it has anyway. Code that passes the
 * text of a function to another context, such as a browser, a `vm` context or a worker, then works as on this machine,
 * where the text has no such call. Offsets stay the same, so that source maps do.
 */
export function withNaturalNames(text: string): string {
  if (!text.includes(`${NAMER}(`)) return text;
  const tokens = tokensOf(text);
  if (!tokens.isSound) return text;
  const closers = closersOf(tokens);
  const parts: string[] = [];
  let done = 0;
  for (const [start, end] of redundantRanges(tokens, closers)) {
    parts.push(text.slice(done, start), ' '.repeat(end - start));
    done = end;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(done);
}

type Range = readonly [start: number, end: number];

/** Returns the ranges of text that can be blanked, in order. */
function redundantRanges(tokens: ScriptTokens, closers: ReadonlyMap<number, number>): Range[] {
  const ranges = tokens.kinds.flatMap((kind, index) => {
    const closer = kind === TokenKind.Word ? closers.get(index + 1) : undefined;
    if (closer === undefined || tokenText(tokens, index) !== NAMER) return [];
    const isCall = tokenText(tokens, closer - 2) === ',' && tokens.kinds[closer - 1] === TokenKind.Text;
    return isCall ? rangesOfCall(tokens, index, closer) : [];
  });
  return ranges.sort(([one], [other]) => one - other);
}

/** Returns the ranges of a call of `__name` that can be blanked. @param closer index of its closing bracket */
function rangesOfCall(tokens: ScriptTokens, index: number, closer: number): Range[] {
  const name = tokenText(tokens, closer - 1).slice(1, -1);
  const rangeOf = (first: number, last: number): Range => [tokens.starts[first] ?? 0, tokens.ends[last] ?? 0];
  if (closer === index + 5) return isDeclared(tokens, index, name) ? [rangeOf(index, closer)] : [];
  if (!isNamedByItself(tokens, index, name)) return [];
  return [rangeOf(index, index), rangeOf(closer - 2, closer - 1)];
}

/** Returns whether a call `__name(x, "x")` or `__name(this, "x")` follows the declaration of `x`. */
function isDeclared(tokens: ScriptTokens, index: number, name: string): boolean {
  const named = tokenText(tokens, index + 2);
  const isStatement = [';', '{', '}'].includes(tokenText(tokens, index - 1));
  if (named !== 'this') return isStatement && named === name;
  if (tokenText(tokens, index - 1) !== '{' || tokenText(tokens, index - 2) !== 'static') return false;
  for (let at = index - 3; at >= 0 && at > index - 14; at -= 1) {
    if (tokenText(tokens, at) === 'class') return tokenText(tokens, at + 1) === name;
  }
  return false;
}

/** Returns whether the function in `__name(function() {...}, "x")` has the name `x` without the call. */
function isNamedByItself(tokens: ScriptTokens, index: number, name: string): boolean {
  let first = index + 2;
  if (tokenText(tokens, first) === 'async') first += 1;
  if (['function', 'class'].includes(tokenText(tokens, first))) {
    const own = first + (tokenText(tokens, first + 1) === '*' ? 2 : 1);
    const isNamed = tokens.kinds[own] === TokenKind.Word && tokenText(tokens, own) !== 'extends';
    if (isNamed) return tokenText(tokens, own) === name;
  }
  if (tokenText(tokens, index - 2) !== name) return false;
  const before = tokenText(tokens, index - 3);
  const sign = tokenText(tokens, index - 1);
  return sign === '=' ? before !== '.' : sign === ':' && [',', '{'].includes(before);
}
