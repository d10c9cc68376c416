import { TokenKind, tokenText, type ScriptTokens } from './script-tokens.js';

/** Returns whether a token is a property of the expression before it. A token after `...` is not. */
export function isMember(tokens: ScriptTokens, index: number): boolean {
  return tokenText(tokens, index - 1) === '.' && tokenText(tokens, index - 2) !== '.';
}

/** Returns whether a token is the name of a property in an object. */
export function isKey(tokens: ScriptTokens, index: number): boolean {
  const before = tokenText(tokens, index - 1);
  return tokenText(tokens, index + 1) === ':' && (before === '{' || before === ',');
}

/** Returns whether a token is the first parameter of a function. */
export function isFirstParameter(tokens: ScriptTokens, index: number): boolean {
  if (tokenText(tokens, index - 1) !== '(') return false;
  return [tokenText(tokens, index - 2), tokenText(tokens, index - 3)].includes('function');
}

/**
 * Returns whether parentheses belong to the parameters of a method.
 * @param opener index of the opening parenthesis
 */
export function isMethod(tokens: ScriptTokens, opener: number): boolean {
  let depth = 0;
  for (let index = opener; index < tokens.kinds.length; index += 1) {
    if (tokens.kinds[index] !== TokenKind.Mark) continue;
    const mark = tokenText(tokens, index);
    if (mark === '(') depth += 1;
    else if (mark === ')') depth -= 1;
    if (depth === 0) return tokenText(tokens, index + 1) === '{';
  }
  return false;
}

/** Returns whether a token is the only argument of a call, not a condition or a parameter. */
export function isOnlyArgument(tokens: ScriptTokens, index: number): boolean {
  if (tokenText(tokens, index - 1) !== '(' || tokenText(tokens, index + 1) !== ')') return false;
  const called = tokenText(tokens, index - 2);
  const isName = tokens.kinds[index - 2] === TokenKind.Word;
  const isCalled = isName
    ? !/^(?:if|while|function|switch|return|typeof)$/.test(called)
    : called === ')' || called === ']';
  const after = tokenText(tokens, index + 2);
  return isCalled && after !== '{' && after !== '=';
}
