const OPENING = new Set(['[', '{', '(']);
const CLOSING = new Set([']', '}', ')']);

/**
 * Returns the deepest nesting that a parser could find in a YAML or JSON text: of brackets, and of list items that begin on
 * one line. Brackets inside of quotes count too, so the real nesting may be less.
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
