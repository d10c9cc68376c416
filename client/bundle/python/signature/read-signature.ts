import { logicalLines } from './logical-lines.js';

/** A parameter of a Python function. */
export interface Parameter {
  readonly name: string;
  /** `list` is `*args`, and `names` is `**kwargs`. */
  readonly kind: 'positionOnly' | 'either' | 'keywordOnly' | 'list' | 'names';
  readonly hasDefault: boolean;
}

/** The parameters of a Python function. */
export interface Signature {
  readonly parameters: readonly Parameter[];
  /** The function as in its source, without annotations: `greet(name, times=1)`. */
  readonly text: string;
}

/** Matches what may define a name without writing it. */
export const DYNAMIC = /\bimport\s*\*|\b(?:globals|locals|vars|setattr|exec|modules|__getattr__|__dict__)\b/;

/** Matches a parameter without its default. A lambda in an annotation may have commas. */
const PARAMETER = /^(\*{0,2})\s*([A-Za-z_]\w*)?\s*(?::(?!.*\blambda\b).*)?$/s;

const PLAIN_NAME = /^[A-Za-z_]\w*$/;

const KINDS: Readonly<Record<string, Parameter['kind']>> = { '*': 'list', '**': 'names' };

/** Longest text of a default that is shown. */
const DEFAULT_MAX_CHARACTERS = 30;

/**
 * Reads the parameters of a function at the top level of a module, without running Python.
 *
 * @returns undefined unless it is sure that the module has this function as it is written: it has no decorator, and
 *   the module neither defines its name again nor uses it in another way than to call it
 */
export function readSignature(source: string, functionName: string): Signature | undefined {
  const lines = PLAIN_NAME.test(functionName) ? logicalLines(source) : undefined;
  if (lines === undefined || DYNAMIC.test(lines)) return undefined;
  const definition = new RegExp(`^(?:async[ \\t]+)?def[ \\t]+${functionName}[ \\t]*(?=[([])`, 'gm');
  const [found, ...others] = lines.matchAll(definition);
  if (found === undefined || others.length > 0 || isDecorated(lines, found.index)) return undefined;
  const start = found.index + found[0].length;
  if (isUsedOtherwise(lines.slice(0, found.index) + lines.slice(start), functionName)) return undefined;
  const list = /^\(/.test(lines.slice(start)) ? start : closingBracket(lines, start) + 1;
  if (lines[list] !== '(') return undefined;
  const end = closingBracket(lines, list);
  return signatureOf(functionName, split(lines, source, list + 1, end));
}

function isDecorated(lines: string, index: number): boolean {
  const before = lines.slice(0, index).trimEnd();
  return before.slice(before.lastIndexOf('\n') + 1).startsWith('@');
}

/** Returns whether code uses a name other than to call it, to pass it as `name=...`, or as a member. */
function isUsedOtherwise(code: string, name: string): boolean {
  const uses = new RegExp(
    `(\\b(?:def|class)[ \\t]+|\\.[ \\t]*|=[ \\t]*)?\\b${name}\\b(?=[ \\t]*(\\S?))`,
    'g',
  );
  return [...code.matchAll(uses)].some(([, before = '', after]) => {
    if (before.startsWith('.')) return false;
    return before.startsWith('=') ? after !== ')' && after !== '(' : before !== '' || after !== '(';
  });
}

/** Returns the index of the bracket that closes the one at an index. */
function closingBracket(lines: string, from: number): number {
  let depth = 0;
  for (let index = from; index < lines.length; index += 1) {
    if (/[([{]/.test(lines[index] ?? '')) depth += 1;
    else if (/[)\]}]/.test(lines[index] ?? '')) depth -= 1;
    if (depth === 0) return index;
  }
  return lines.length;
}

/** A parameter as it is written, and its default. */
interface Written {
  readonly before: string;
  readonly value: string | undefined;
}

/** Splits parameters at the commas between them. */
function split(lines: string, source: string, from: number, to: number): Written[] {
  const found: Written[] = [];
  let start = from;
  let equals: number | undefined;
  for (let index = from; index <= to; index += 1) {
    const character = lines[index] ?? '';
    if (index === to || character === ',') {
      const before = lines.slice(start, equals ?? index).trim();
      const value = equals === undefined ? undefined : textOf(lines, source, equals + 1, index);
      if (before !== '' || index < to) found.push({ before, value });
      start = index + 1;
      equals = undefined;
    } else if (character === '=') equals ??= index;
    else if (/[([{]/.test(character)) index = closingBracket(lines, index);
  }
  return found;
}

/** Returns a part of the source in one line, without comments. */
function textOf(lines: string, source: string, from: number, to: number): string {
  const characters = [...lines.slice(from, to).split('').entries()];
  return characters
    .map(([index, character]) => (character === ' ' ? ' ' : (source[from + index] ?? '')))
    .join('')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function signatureOf(functionName: string, written: readonly Written[]): Signature | undefined {
  const markers = written.map(({ before }) => before);
  const lastPositionOnly = markers.indexOf('/') - 1;
  const firstKeywordOnly = markers.findIndex((before) => /^\*(?!\*)/.test(before));
  const parameters: Parameter[] = [];
  const texts: string[] = [];
  for (const [index, { before, value }] of written.entries()) {
    const isKeywordOnly = firstKeywordOnly >= 0 && index > firstKeywordOnly;
    const plain = index <= lastPositionOnly ? 'positionOnly' : isKeywordOnly ? 'keywordOnly' : 'either';
    const parsed = parseParameter(before, value, plain);
    if (parsed === undefined) return undefined;
    parameters.push(...parsed.parameters);
    texts.push(parsed.text);
  }
  return { parameters, text: `${functionName}(${texts.join(', ')})` };
}

/** Parses a parameter, or the mark `/` or `*` between parameters. */
function parseParameter(
  before: string,
  value: string | undefined,
  plain: Parameter['kind'],
): Signature | undefined {
  if (before === '/' || before === '*') return { parameters: [], text: before };
  const [, stars = '', name] = PARAMETER.exec(before) ?? [];
  if (name === undefined || /\blambda\b/.test(value ?? '')) return undefined;
  const parameter = { name, kind: KINDS[stars] ?? plain, hasDefault: value !== undefined };
  const shown = (value ?? '').length > DEFAULT_MAX_CHARACTERS ? '...' : value;
  return { parameters: [parameter], text: `${stars}${name}${shown === undefined ? '' : `=${shown}`}` };
}
