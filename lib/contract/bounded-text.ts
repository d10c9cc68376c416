/**
 * Half of a pair of UTF-16 surrogates, which UTF-8 cannot represent. In Python, names of files that are not UTF-8
 * contain such halves.
 */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Returns whether UTF-8 can represent a text. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/** Replaces each half of a surrogate pair by U+FFFD. Truncating a text can leave such a half at its end. */
export function wellFormed(text: string): string {
  return text.replace(new RegExp(LONE_SURROGATE, 'gu'), '\ufffd');
}

/**
 * Truncates a text to `maxCharacters`. A truncated text ends with its full length in brackets. This note is never
 * truncated, so it can exceed a very small limit. The result is well-formed, because AWS's services store texts as
 * UTF-8.
 */
export function boundedText(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return wellFormed(text);
  const note = ` [cut, ${text.length} characters in all]`;
  return `${wellFormed(text.slice(0, Math.max(0, maxCharacters - note.length)))}${note}`;
}
