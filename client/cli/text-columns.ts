import stringWidth from 'string-width';

/** Returns the number of columns of a text on a terminal: two for a wide character, none for a combining one. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/** Truncates a text without colours, so that it has at most `columns` columns. A truncated text ends with `…`. */
export function fittedTo(columns: number, text: string, ellipsis = '…'): string {
  if (columnsOf(text) <= columns) return text;
  let fitted = '';
  let used = columnsOf(ellipsis);
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += columnsOf(segment);
    if (used > columns) break;
    fitted += segment;
  }
  return `${fitted}${ellipsis}`;
}

/** Truncates a text as {@link fittedTo} does, but at its start. */
export function endFittedTo(columns: number, text: string): string {
  if (columnsOf(text) <= columns) return text;
  let fitted = '';
  let used = 1;
  for (const { segment } of [...new Intl.Segmenter().segment(text)].toReversed()) {
    used += columnsOf(segment);
    if (used > columns) break;
    fitted = `${segment}${fitted}`;
  }
  return `…${fitted}`;
}
