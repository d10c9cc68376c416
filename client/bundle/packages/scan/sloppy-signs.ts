import { closersOf, declaredNames } from './declared-names.js';
import { TokenKind, tokenText, type ScriptTokens } from './script-tokens.js';
import { isMember } from './token-context.js';

/** Names that a CommonJS module can set without declaring them. */
const ALWAYS_THERE = new Set(['module', 'exports', 'require', 'arguments', 'this', 'undefined']);
const BEFORE_BLOCK = new Set(['if', 'for', 'while', 'switch', 'with', 'catch', 'function']);

/**
 * Returns whether a script may need sloppy mode. A bundle is strict, as all ES modules are. Scripts with
 * `'use strict'`, `import` or `export` never need it.
 */
export function mayBeSloppy(text: string): boolean {
  return !text.includes('use strict') && !/^\s*(?:import|export)\b/m.test(text);
}

/** Finds code that behaves differently in strict mode. @returns the token, and the reason for a message */
export function sloppySignOf(
  tokens: ScriptTokens,
): { readonly index: number; readonly reason: string } | undefined {
  const closers = closersOf(tokens);
  // Includes names that are checked with `typeof`, because they may be defined already.
  const known = new Set([...declaredNames(tokens, closers), ...namesAfterTypeof(tokens)]);
  for (let index = 0; index < tokens.kinds.length; index += 1) {
    if (tokens.kinds[index] !== TokenKind.Word) continue;
    const word = tokenText(tokens, index);
    if (word === 'with' && tokenText(tokens, index + 1) === '(' && !isMember(tokens, index)) {
      return { index, reason: 'uses with' };
    }
    if (word === 'function' && isCalledAtOnce(tokens, index, closers)) {
      const place = findThis(tokens, index, closers);
      if (place !== undefined)
        return { index: place, reason: 'uses this of a plain call as the global object' };
    }
    if (!known.has(word) && isSetHere(tokens, index, word) && !isInClass(tokens, index)) {
      return { index, reason: `sets ${word} without declaring it` };
    }
  }
  return undefined;
}

function namesAfterTypeof(tokens: ScriptTokens): string[] {
  return tokens.kinds.flatMap((_, index) =>
    tokenText(tokens, index) === 'typeof' ? [tokenText(tokens, index + 1)] : [],
  );
}

function isSetHere(tokens: ScriptTokens, index: number, word: string): boolean {
  if (ALWAYS_THERE.has(word) || word in globalThis || /^\d/.test(word) || isMember(tokens, index))
    return false;
  const [next, after] = [tokenText(tokens, index + 1), tokenText(tokens, index + 2)];
  const isAssigned = next === '=' && after !== '=' && after !== '>';
  const isLoop = tokenText(tokens, index - 1) === '(' && tokenText(tokens, index - 2) === 'for';
  return isAssigned || (isLoop && (next === 'in' || next === 'of'));
}

/** Returns whether a name is that of a class field. */
function isInClass(tokens: ScriptTokens, index: number): boolean {
  let depth = 0;
  for (let at = index - 1; at >= 0; at -= 1) {
    const opener = tokens.openers.get(at);
    if (opener !== undefined) at = opener;
    else if (tokens.kinds[at] === TokenKind.Mark && /^[([{]$/.test(tokenText(tokens, at))) {
      depth = at;
      break;
    }
  }
  // Finds `class A {`, `class A extends b.C {` and `class A extends mixin(B) {`.
  for (let at = depth - 1; at >= 0 && at > depth - 12; at -= 1) {
    const text = tokenText(tokens, at);
    if (text === 'class') return true;
    const opener = tokens.openers.get(at);
    if (opener !== undefined) at = opener;
    else if (tokens.kinds[at] !== TokenKind.Word && text !== '.') return false;
  }
  return false;
}

/** Returns whether a function expression is called immediately, without an object. */
function isCalledAtOnce(tokens: ScriptTokens, index: number, closers: ReadonlyMap<number, number>): boolean {
  const end = closers.get(bodyOf(tokens, index, closers));
  if (end === undefined) return false;
  const next = tokenText(tokens, end + 1);
  return next === '(' || (next === ')' && tokenText(tokens, end + 2) === '(');
}

/**
 * Returns the first `this` of a function, without those of inner functions. Arrow functions share the `this` of the
 * function.
 */
function findThis(
  tokens: ScriptTokens,
  start: number,
  closers: ReadonlyMap<number, number>,
): number | undefined {
  const body = bodyOf(tokens, start, closers);
  const end = closers.get(body) ?? body;
  for (let index = body + 1; index < end; index += 1) {
    const text = tokenText(tokens, index);
    if (tokens.kinds[index] === TokenKind.Word) {
      if (text === 'this') return tokenText(tokens, index - 1) === 'typeof' ? undefined : index;
      if (text === 'function') index = closers.get(bodyOf(tokens, index, closers)) ?? index;
    } else if (text === '{' && isMethodBody(tokens, index)) index = closers.get(index) ?? index;
  }
  return undefined;
}

function isMethodBody(tokens: ScriptTokens, opener: number): boolean {
  const parameters = tokens.openers.get(opener - 1);
  if (parameters === undefined || tokenText(tokens, opener - 1) !== ')') return false;
  return (
    tokens.kinds[parameters - 1] === TokenKind.Word && !BEFORE_BLOCK.has(tokenText(tokens, parameters - 1))
  );
}

/** Returns the index of the token that opens a function's body, or `index` if it has no such token. */
function bodyOf(tokens: ScriptTokens, index: number, closers: ReadonlyMap<number, number>): number {
  for (let at = index + 1; at < index + 4; at += 1) {
    if (tokenText(tokens, at) !== '(') continue;
    const body = (closers.get(at) ?? at) + 1;
    return tokenText(tokens, body) === '{' ? body : index;
  }
  return index;
}
