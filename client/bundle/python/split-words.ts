/**
 * Splits text into words as Python's `shlex.split` does: at blanks, with single and double quotes and backslashes.
 *
 * @returns undefined where a quote has no end
 */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote === "'" && character !== quote) word = (word ?? '') + character;
    else if (character === quote) quote = undefined;
    else if (character === '\\') {
      at += 1;
      const next = text.charAt(at);
      // Within double quotes a backslash stays, except before a quote or another backslash.
      word = (word ?? '') + (quote === '"' && next !== '"' && next !== '\\' ? `\\${next}` : next);
    } else if (quote === undefined && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (quote !== undefined) return undefined;
  return word === undefined ? words : [...words, word];
}

/** Writes a word so that {@link splitWords} gives it back. */
export function quotedWord(word: string): string {
  return /^[^\s'"\\]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}
