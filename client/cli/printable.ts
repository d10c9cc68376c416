/**
 * Control characters, and characters that change the direction of text. A terminal acts on them instead of showing
 * them.
 */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** The escape sequence of a colour or style. */
const COLOUR = /(\u001b\[[0-9;:]*m)/;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Returns a text from another source in one line, with escapes such as `\n` and `\u001b` for characters that would act
 * on the terminal. The text can then not imitate another line of the output.
 */
export function oneLine(text: string): string {
  return escaped(text, '');
}

/**
 * Returns a text from another source, which may have several lines, with escapes for all other characters that would
 * act on the terminal.
 */
export function severalLines(text: string): string {
  return escaped(text, '\n\t');
}

/** Does the same as {@link severalLines}, but keeps colours, as in the lines of a build's log. */
export function coloured(text: string): string {
  return text
    .split(COLOUR)
    .map((part, index) => (index % 2 === 1 ? part : severalLines(part)))
    .join('');
}

/** Returns a text without colours. */
export function withoutColours(text: string): string {
  return text.replaceAll(new RegExp(COLOUR, 'g'), '');
}

function escaped(text: string, kept: string): string {
  return text.replace(UNPRINTABLE, (found) => {
    if (kept.includes(found)) return found;
    return SHORT[found] ?? `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
