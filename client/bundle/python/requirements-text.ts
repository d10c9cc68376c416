/** A line of a requirements file, including the lines that a backslash at the end joins to it. */
export interface LogicalLine {
  /** Number of its first line in the file. Starts at 1. */
  readonly number: number;
  /** Number of its last line. */
  readonly endNumber: number;
  /** Without comments; never empty. */
  readonly text: string;
}

/** Text of a requirements file and its encoding. */
export interface RequirementsText {
  readonly lines: readonly string[];
  readonly encoding: 'utf-8' | 'latin1';
}

/** The line endings of Python's `splitlines`. */
const LINE_END = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

const COMMENT = /(^|\s+)#.*$/;
const COMMENT_ALONE = /^\s*#/;

/**
 * Decodes a requirements file as pip does: by its byte order mark, else as UTF-8. Invalid UTF-8 is kept as Latin-1.
 * @see https://pip.pypa.io/en/stable/reference/requirements-file-format/#encoding
 */
export function decodeRequirements(bytes: Uint8Array): RequirementsText {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return utf8(new TextDecoder('utf-16le').decode(bytes));
  if (first === 0xfe && second === 0xff) return utf8(new TextDecoder('utf-16be').decode(bytes));
  try {
    return utf8(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return { lines: Buffer.from(bytes).toString('latin1').split(LINE_END), encoding: 'latin1' };
  }
}

/** Joins and cleans lines as pip does. */
export function logicalLines(lines: readonly string[]): LogicalLine[] {
  const found: LogicalLine[] = [];
  let parts: string[] = [];
  let start = 1;
  const end = (endNumber: number) => {
    const text = parts.join('').replace(COMMENT, '').trim();
    if (text !== '') found.push({ number: start, endNumber, text });
    parts = [];
  };
  lines.forEach((line, index) => {
    if (parts.length === 0) start = index + 1;
    const isComment = COMMENT_ALONE.test(line);
    if (line.endsWith('\\') && !isComment) {
      parts.push(line.replace(/^\\+|\\+$/g, ''));
      return;
    }
    // After lines are joined, only a `#` after a blank starts a comment, so a blank is added before it.
    parts.push(isComment ? ` ${line}` : line);
    end(index + 1);
  });
  end(lines.length);
  return found;
}

/** Replaces some lines. All following lines keep their numbers. */
export function replaceLines(
  { lines, encoding }: RequirementsText,
  replacements: readonly { readonly line: LogicalLine; readonly text: string }[],
): Buffer {
  const replaced = [...lines];
  for (const { line, text } of replacements) {
    const blank = Array<string>(line.endNumber - line.number).fill('');
    replaced.splice(line.number - 1, blank.length + 1, text, ...blank);
  }
  return Buffer.from(replaced.join('\n'), encoding);
}

function utf8(text: string): RequirementsText {
  return { lines: text.split(LINE_END), encoding: 'utf-8' };
}
