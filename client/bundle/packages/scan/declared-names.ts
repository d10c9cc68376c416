import { TokenKind, tokenText, type ScriptTokens } from './script-tokens.js';

const DECLARING = new Set(['var', 'let', 'const']);
const WITHOUT_PARAMETERS = new Set(['if', 'for', 'while', 'switch', 'with']);

/** Returns the index of the closing token of each opening bracket. */
export function closersOf({ openers }: ScriptTokens): ReadonlyMap<number, number> {
  return new Map([...openers].map(([closer, opener]) => [opener, closer]));
}

/** Returns the names that a script declares at any position. They include all names that are in scope somewhere. */
export function declaredNames(
  tokens: ScriptTokens,
  closers: ReadonlyMap<number, number>,
): ReadonlySet<string> {
  const names = new Set<string>();
  const text = (index: number): string => tokenText(tokens, index);
  const isArrow = (index: number): boolean => text(index) === '=' && text(index + 1) === '>';
  for (let index = 0; index < tokens.kinds.length; index += 1) {
    const word = text(index);
    if (tokens.kinds[index] === TokenKind.Word) addDeclared(word, index);
    else if (word === '(' && !WITHOUT_PARAMETERS.has(text(index - 1))) addParameters(index);
  }
  return names;

  function addDeclared(word: string, index: number): void {
    if (DECLARING.has(word)) addList(index + 1);
    else if (word === 'function' || word === 'class')
      names.add(text(text(index + 1) === '*' ? index + 2 : index + 1));
    else if (isArrow(index + 1)) names.add(word);
  }

  function addParameters(opener: number): void {
    const closer = closers.get(opener) ?? opener;
    if (isArrow(closer + 1) || text(closer + 1) === '{') addWords(opener, closer);
  }

  function addList(start: number): void {
    for (let index = start; index < tokens.kinds.length; index += 1) {
      const isTarget = index === start || text(index - 1) === ',';
      const closer = closers.get(index);
      if (closer !== undefined) {
        if (isTarget) addWords(index, closer);
        index = closer;
      } else if (tokens.kinds[index] === TokenKind.Word) {
        if (isTarget) names.add(text(index));
      } else if (/^[;)\]}]$/.test(text(index))) return;
    }
  }

  function addWords(from: number, to: number): void {
    for (let index = from; index < to; index += 1) {
      if (tokens.kinds[index] === TokenKind.Word) names.add(text(index));
    }
  }
}
