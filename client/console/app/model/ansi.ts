/** Reads the colours of a log line, as terminals do. */

/** A part of a line with one style. */
export interface StyledText {
  readonly text: string;
  /** Names of CSS classes, separated by spaces; empty for the normal style. */
  readonly style: string;
}

interface Style {
  readonly colour?: number | undefined;
  readonly background?: number | undefined;
  readonly attributes: ReadonlySet<number>;
}

const NORMAL: Style = { attributes: new Set() };

const ESCAPE = '\u001b';

/** Every escape sequence: those that end with `m` have a style, the others move a cursor or name a window. */
const SEQUENCE = new RegExp(
  `${ESCAPE}(?:\\[([0-9;:?]*)[ -/]*([@-~])|\\][^\\u0007${ESCAPE}]*(?:\\u0007|${ESCAPE}\\\\)?|[@-Z\\\\^_])`,
  'g',
);

/** Control characters that are left after the escape sequences. */
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

/** CSS classes by the number of an attribute. */
const ATTRIBUTES: ReadonlyMap<number, string> = new Map([
  [1, 'bold'],
  [2, 'dim'],
  [3, 'italic'],
  [4, 'underline'],
  [9, 'strike'],
]);

/** Splits a line where its style changes, and leaves out all other escape sequences. */
export function styledTexts(line: string): StyledText[] {
  const shown = afterReturn(line);
  if (!shown.includes(ESCAPE)) return [{ text: shown.replace(CONTROLS, ''), style: '' }];
  const texts: StyledText[] = [];
  let style = NORMAL;
  let at = 0;
  const add = (end: number) => {
    const text = shown.slice(at, end).replace(CONTROLS, '');
    if (text !== '') texts.push({ text, style: classesOf(style) });
  };
  for (const found of shown.matchAll(SEQUENCE)) {
    add(found.index);
    at = found.index + found[0].length;
    if (found[2] === 'm') style = restyled(style, found[1] ?? '');
  }
  add(shown.length);
  return texts;
}

/** Returns a line without escape sequences, for searching. */
export function plainText(line: string): string {
  return line.includes(ESCAPE) || line.includes('\r')
    ? styledTexts(line)
        .map(({ text }) => text)
        .join('')
    : line;
}

/** A carriage return starts the line again, as progress bars do. Returns what is left on a terminal. */
function afterReturn(line: string): string {
  const ended = line.endsWith('\r') ? line.slice(0, -1) : line;
  return ended.slice(ended.lastIndexOf('\r') + 1);
}

function restyled(style: Style, parameters: string): Style {
  let next = style;
  const codes = parameters.split(/[;:]/).map(Number);
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const { colour, length } = extendedColour(codes.slice(at + 1));
      next = code === 38 ? { ...next, colour } : { ...next, background: colour };
      at += length;
    } else next = withCode(next, code);
  }
  return next;
}

function withCode(style: Style, code: number): Style {
  if (code === 0) return NORMAL;
  if (code === 39) return { ...style, colour: undefined };
  if (code === 49) return { ...style, background: undefined };
  if (ATTRIBUTES.has(code)) return { ...style, attributes: new Set([...style.attributes, code]) };
  if (code === 22) return { ...style, attributes: without(style.attributes, 1, 2) };
  if (code >= 23 && code <= 29) return { ...style, attributes: without(style.attributes, code - 20) };
  if (code >= 30 && code <= 37) return { ...style, colour: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, colour: code - 82 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 92 };
  return style;
}

/** Reads `5;N` or `2;R;G;B`. Colours other than the sixteen named ones become the nearest of these. */
function extendedColour([kind, ...rest]: readonly number[]): { colour: number | undefined; length: number } {
  if (kind === 2) return { colour: nearest(rest[0] ?? 0, rest[1] ?? 0, rest[2] ?? 0), length: 4 };
  const index = rest[0] ?? 0;
  if (kind !== 5) return { colour: undefined, length: 1 };
  if (index < 16) return { colour: index, length: 2 };
  if (index >= 232) return { colour: index < 244 ? 8 : 7, length: 2 };
  const level = (divisor: number) => (Math.floor((index - 16) / divisor) % 6) * 51;
  return { colour: nearest(level(36), level(6), level(1)), length: 2 };
}

function nearest(red: number, green: number, blue: number): number {
  const bits = (red > 100 ? 1 : 0) + (green > 100 ? 2 : 0) + (blue > 100 ? 4 : 0);
  return Math.max(red, green, blue) > 200 ? bits + 8 : bits;
}

function without(attributes: ReadonlySet<number>, ...codes: readonly number[]): ReadonlySet<number> {
  return new Set([...attributes].filter((code) => !codes.includes(code)));
}

function classesOf({ colour, background, attributes }: Style): string {
  const classes = [...attributes].sort().map((code) => ATTRIBUTES.get(code) ?? '');
  if (colour !== undefined) classes.push(`fg${colour}`);
  if (background !== undefined) classes.push(`bg${background}`);
  return classes.join(' ');
}
