/** Half of a pair of UTF-16 surrogates, which UTF-8 cannot represent. Names of files that are not UTF-8 have some in Python. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Returns whether UTF-8 can represent a text. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/** Replaces halves of surrogate pairs by U+FFFD, such as at the end of a text that was cut. */
export function wellFormed(text: string): string {
  return text.replace(new RegExp(LONE_SURROGATE, 'gu'), '\ufffd');
}

/**
 * Cuts a text to `maxCharacters`. A text that was cut ends with a note of its full length. The result is well-formed, because
 * services of AWS pass it on as UTF-8.
 */
export function boundedText(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return wellFormed(text);
  const note = ` [cut, ${text.length} characters in all]`;
  return `${wellFormed(text.slice(0, Math.max(0, maxCharacters - note.length)))}${note}`;
}
