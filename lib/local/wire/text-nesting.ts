const OPENING = new Set(['[', '{', '(']);
const CLOSING = new Set([']', '}', ')']);

/**
 * Returns an upper limit for the nesting depth of a YAML or JSON text, without parsing it: counts brackets, including
 * those inside quotes, and markers of YAML such as `- - -` on one line.
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
