const OPENING = new Set(['[', '{', '(']);
const CLOSING = new Set([']', '}', ')']);

/**
 * The deepest nesting of brackets, and of list items begun on one line, that a text could have. Brackets inside of
 * quoted text count too, so a parser finds no more than this.
 */
export function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (OPENING.has(character)) deepest = Math.max(deepest, (depth += 1));
    else if (CLOSING.has(character)) depth = Math.max(0, depth - 1);
  }
  const runs = text.match(/(?:[-?:][ \t]+){2,}/g) ?? [];
  return runs.reduce((most, run) => Math.max(most, run.replace(/[ \t]/g, '').length), deepest);
}
