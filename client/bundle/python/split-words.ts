/**
 * Splits text into words as Python's `shlex.split` does: at whitespace, with single and double quotes and backslashes.
 *
 * @returns undefined if a quote is not closed
 */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let end = 0;
  for (const match of text.matchAll(PIECE)) {
    // An unclosed quote matches no piece.
    if (match.index !== end) return undefined;
    end += match[0].length;
    const { blank } = match.groups ?? {};
    if (blank === undefined) word = (word ?? '') + pieceText(match.groups ?? {});
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (end !== text.length) return undefined;
  return word === undefined ? words : [...words, word];
}

/** A part of a text: whitespace, a quoted text, a character after a backslash, or plain text. */
const PIECE =
  /(?<blank>\s+)|'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\.)*)"|\\(?<escaped>.?)|(?<plain>[^\s'"\\]+)/gs;

function pieceText({ single, double, escaped, plain }: Readonly<Record<string, string | undefined>>): string {
  // In double quotes, a backslash escapes only a quote or another backslash.
  return single ?? double?.replaceAll(/\\(["\\])/g, '$1') ?? escaped ?? plain ?? '';
}

/** Quotes a word so that {@link splitWords} returns it unchanged. */
export function quotedWord(word: string): string {
  return /^[^\s'"\\]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}
