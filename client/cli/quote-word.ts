/** Quotes a word, so a POSIX shell passes it unchanged. */
export function quoteWord(word: string): string {
  return /^[A-Za-z0-9_/:=.,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
