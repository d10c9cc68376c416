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
  if (code < 30) return { ...style, attributes: withAttribute(style.attributes, code) };
  const colours = COLOURS.find(({ first }) => code >= first && code <= first + 7);
  if (colours !== undefined) return { ...style, [colours.of]: colours.index + code - colours.first };
  if (code === 39) return { ...style, colour: undefined };
  return code === 49 ? { ...style, background: undefined } : style;
}

/** Codes of the sixteen colours: eight of each kind, from `first` on. */
const COLOURS = [
  { of: 'colour', first: 30, index: 0 },
  { of: 'colour', first: 90, index: 8 },
  { of: 'background', first: 40, index: 0 },
  { of: 'background', first: 100, index: 8 },
] as const;

function withAttribute(attributes: ReadonlySet<number>, code: number): ReadonlySet<number> {
  if (ATTRIBUTES.has(code)) return new Set([...attributes, code]);
  if (code === 22) return without(attributes, 1, 2);
  return without(attributes, code - 20);
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
