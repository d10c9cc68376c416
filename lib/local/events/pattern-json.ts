/**
 * A value of an event pattern with details that `JSON.parse` drops: repeated names, the digits of numbers, and
 * positions in the text.
 */
export type PatternNode = Readonly<{ start: number; end: number }> &
  (
    | { readonly kind: 'object'; readonly members: readonly PatternMember[] }
    | { readonly kind: 'array'; readonly items: readonly PatternNode[] }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'number'; readonly text: string }
    | { readonly kind: 'literal'; readonly value: boolean | null }
  );

export interface PatternMember {
  readonly name: string;
  readonly node: PatternNode;
}

type Tokens = Iterator<RegExpExecArray, undefined>;

interface Token {
  readonly text: string;
  readonly start: number;
}

/** Parses an event pattern. The text must be valid JSON. */
export function readPatternJson(text: string): PatternNode {
  const tokens = text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/gu);
  return readNode(tokens, take(tokens));
}

function take(tokens: Tokens): Token {
  const next = tokens.next();
  if (next.done === true) throw new Error('Unexpected end of the event pattern');
  return { text: next.value[0], start: next.value.index };
}

function readNode(tokens: Tokens, { text, start }: Token): PatternNode {
  if (text === '{') return readObject(tokens, start);
  if (text === '[') return readArray(tokens, start);
  const place = { start, end: start + text.length };
  if (text.startsWith('"')) return { kind: 'string', value: JSON.parse(text) as string, ...place };
  if (/^[-\d]/.test(text)) return { kind: 'number', text, ...place };
  return { kind: 'literal', value: JSON.parse(text) as boolean | null, ...place };
}

function readObject(tokens: Tokens, start: number): PatternNode {
  const members: PatternMember[] = [];
  for (let token = take(tokens); ; token = take(tokens)) {
    if (token.text === '}') return { kind: 'object', members, start, end: token.start + 1 };
    if (token.text === ',') continue;
    take(tokens); // skips the colon
    members.push({ name: JSON.parse(token.text) as string, node: readNode(tokens, take(tokens)) });
  }
}

function readArray(tokens: Tokens, start: number): PatternNode {
  const items: PatternNode[] = [];
  for (let token = take(tokens); ; token = take(tokens)) {
    if (token.text === ']') return { kind: 'array', items, start, end: token.start + 1 };
    if (token.text !== ',') items.push(readNode(tokens, token));
  }
}
