/** A word of a line as bash reads it: characters, escaped characters and quoted texts. The last text may be open. */
const WORD = /(?:[^\s'"\\]|\\[^]|\\$|'[^']*(?:'|$)|"(?:[^"\\]|\\[^])*(?:"|\\?$))+/g;

/** A quoted text, or an escaped character. */
const QUOTED = /'([^']*)'?|"((?:[^"\\]|\\[^])*)(?:"|\\?$)|\\([^]?)/g;

/**
 * Splits the line that bash completes into words, without their quotes. Nothing is expanded or evaluated.
 * @param line the line up to the cursor
 * @returns the words. The last one is that of the cursor; it is empty after a space
 */
export function splitLine(line: string): string[] {
  const words = line.match(WORD) ?? [];
  return [...words, ...(words.length === 0 || endsBetweenWords(line, words) ? [''] : [])].map(unquoted);
}

function endsBetweenWords(line: string, words: readonly string[]): boolean {
  return /\s$/.test(line) && !line.endsWith(words.at(-1) ?? '');
}

function unquoted(word: string): string {
  return word.replaceAll(QUOTED, (...groups) => {
    const [, single, double, escaped] = groups as (string | undefined)[];
    return single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? '';
  });
}
