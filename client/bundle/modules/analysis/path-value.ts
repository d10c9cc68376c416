import path from 'node:path';

/** Stands for unknown text inside a value. */
export const HOLE = '\0';

/** A value that an expression may have at run time. */
export interface PathValue {
  /** A path or text with `/`; the decoded path of a URL. Unknown text is {@link HOLE}. */
  readonly text: string;
  readonly form: 'text' | 'path' | 'url';
  /** The start of the path: the module's own location, or the working folder. */
  readonly place: 'module' | 'cwd' | undefined;
}

export const UNKNOWN: PathValue = { text: HOLE, form: 'text', place: undefined };

/** Maximum number of values of an expression. If there are more, one unknown value replaces them. */
const MAX_VALUES = 16;

export function literal(text: string): PathValue {
  return { text: text.replaceAll(/\0{2,}/g, HOLE), form: 'text', place: undefined };
}

export function isAbsolute(text: string): boolean {
  return text.startsWith('/') || /^[a-z]:\//i.test(text);
}

/** Returns whether a path names a specific file or folder in a folder, as opposed to any file in it. */
export function namesInside(text: string, folder: string): boolean {
  const below = text.startsWith(`${folder}/`) ? text.slice(folder.length + 1) : '';
  return below !== '' && (!below.includes(HOLE) || below.slice(0, below.indexOf(HOLE)).includes('/'));
}

/** Removes repeated values. Replaces too many values by an unknown one. */
export function distinct(values: readonly PathValue[]): readonly PathValue[] {
  if (values.length < 2) return values;
  const found = new Map(values.map((value) => [`${value.form} ${value.place ?? ''} ${value.text}`, value]));
  return found.size > MAX_VALUES ? [UNKNOWN] : [...found.values()];
}

/** Returns the values for all combinations of the operands' values. */
export function combine(
  operands: readonly (readonly PathValue[])[],
  toValue: (values: readonly PathValue[]) => PathValue,
): readonly PathValue[] {
  let rows: readonly (readonly PathValue[])[] = [[]];
  for (const operand of operands) {
    const isTooMany = rows.length * operand.length > MAX_VALUES;
    const choices = isTooMany ? [UNKNOWN] : operand;
    rows = rows.flatMap((row) => choices.map((choice) => [...row, choice]));
  }
  return distinct(rows.map(toValue));
}

/** Concatenates strings, as `+` and templates do. */
export function concatenate(values: readonly PathValue[]): PathValue {
  const parts = values.filter(({ text, place }) => text !== '' || place !== undefined);
  const [first, second] = parts;
  const isFileUrl = first?.text === 'file://' && second?.place !== undefined;
  const lead = isFileUrl ? second : first;
  if (lead === undefined) return literal('');
  const text = parts
    .slice(isFileUrl ? 1 : 0)
    .map((part) => part.text)
    .join('');
  const value = literal(text);
  return lead.place ? { text: value.text, form: isFileUrl ? 'url' : lead.form, place: lead.place } : value;
}

/** Computes `path.normalize`. Keeps an unknown beginning, because `..` after it is unknown too. */
function normalized(text: string): string {
  const [, unknown, rest = ''] = /^(\0[^/]*)(\/.*)?$/s.exec(text) ?? [];
  if (unknown === undefined) return path.posix.normalize(text);
  return rest === '' ? unknown : unknown + path.posix.normalize(rest);
}

/** Computes `path.join`. */
export function joinPaths(values: readonly PathValue[]): PathValue {
  const [first] = values;
  return {
    text: normalized(
      values
        .map(({ text }) => text)
        .filter((text) => text !== '')
        .join('/'),
    ),
    form: first?.place ? 'path' : 'text',
    place: first?.place,
  };
}

/** Computes `path.resolve`. @param cwd the working folder */
export function resolvePaths(values: readonly PathValue[], cwd: string): PathValue {
  const start = values.findLastIndex(({ text }) => isAbsolute(text));
  const base = values[start] ?? { text: cwd, place: 'cwd' };
  const rest = values.slice(start + 1).map(({ text }) => text);
  const joined = path.posix.join(base.text, ...rest);
  return {
    text: joined.length > 1 && joined.endsWith('/') ? joined.slice(0, -1) : joined,
    form: 'path',
    place: base.place,
  };
}

/** Computes `new URL(input, base)`. */
export function resolveUrl(input: PathValue, base: PathValue | undefined): PathValue {
  if (input.form === 'url') return input;
  const text = decoded(input.text.replace(/[?#].*$/s, ''));
  if (/^file:\/\/\//i.test(text))
    return { text: text.slice('file://'.length), form: 'url', place: input.place };
  if (base?.form !== 'url' || /^([a-z][a-z0-9+.-]+:|\/)/i.test(text)) return UNKNOWN;
  const folder = base.text.slice(0, base.text.lastIndexOf('/') + 1);
  const isFolder = /(^|\/)\.\.?$/.test(text);
  return {
    text: path.posix.normalize(`${folder}${text}${isFolder ? '/' : ''}`),
    form: 'url',
    place: base.place,
  };
}

/** Computes `pathToFileURL`. @param cwd the working folder */
export function toUrl(value: PathValue, cwd: string): PathValue {
  if (value.place || value.text.startsWith(HOLE)) return { ...value, form: 'url' };
  return { ...resolvePaths([value], cwd), form: 'url' };
}

/** Computes `fileURLToPath`. */
export function toPath(value: PathValue): PathValue {
  if (value.form === 'url') return { ...value, form: 'path' };
  const url = resolveUrl(value, undefined);
  return url.form === 'url' ? { ...url, form: 'path' } : value;
}

/** Computes `path.dirname`. */
export function parentOf(value: PathValue): PathValue {
  const isUnknown = value.text.startsWith(HOLE) && !value.text.includes('/');
  return isUnknown ? value : { ...value, text: path.posix.dirname(value.text) };
}

/** Returns the value of a path after an unknown change: any path in the same folder or below. */
export function changed(value: PathValue): PathValue {
  return value.place ? { ...value, text: `${path.posix.dirname(value.text)}/${HOLE}` } : UNKNOWN;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
