/** A string's first quotes, a comment, a continued line, a bracket, a line end, or text without these. */
const TOKEN = /"""|'''|["'#\\()[\]{}\n]|[^"'#\\()[\]{}\n]+/y;

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * Returns the source of a Python module with one line for each logical line, in a text of the same length: the
 * characters of strings are quotation marks, and those of comments and of line ends inside brackets are spaces.
 *
 * @returns undefined for source that has an unclosed string or bracket
 */
export function logicalLines(source: string): string | undefined {
  const text = source.replaceAll('\r\n', ' \n');
  const open: string[] = [];
  const parts: string[] = [];
  let start = 0;
  while (start < text.length) {
    TOKEN.lastIndex = start;
    const [token = ''] = TOKEN.exec(text) ?? [];
    const end = endOf(token, text, start + token.length);
    if (end === undefined) return undefined;
    if (token in CLOSING) open.push(CLOSING[token] ?? '');
    else if (/^[)\]}]$/.test(token) && open.pop() !== token) return undefined;
    parts.push(shown(token, end - start, open.length > 0));
    start = end;
  }
  return open.length === 0 ? parts.join('') : undefined;
}

function shown(token: string, length: number, isInBrackets: boolean): string {
  if (/^["']/.test(token)) return '"'.repeat(length);
  const isSpace = /^[#\\]/.test(token) || (token === '\n' && isInBrackets);
  return isSpace ? ' '.repeat(length) : token;
}

/** Returns the index after what a token starts; undefined for a string that is not closed. */
function endOf(token: string, text: string, from: number): number | undefined {
  if (/^["']/.test(token)) return endOfString(token, text, from);
  if (token === '#') return text.includes('\n', from) ? text.indexOf('\n', from) : text.length;
  return token === '\\' ? text.indexOf('\n', from) + 1 || undefined : from;
}

function endOfString(quotes: string, text: string, from: number): number | undefined {
  for (let index = from; index < text.length; index += 1) {
    if (text.startsWith(quotes, index)) return index + quotes.length;
    if (text[index] === '\n' && quotes.length === 1) return undefined;
    // A line end after a backslash in a text with the line ends of Windows has a space before it.
    if (text[index] === '\\') index += text.startsWith(' \n', index + 1) ? 2 : 1;
  }
  return undefined;
}
