import fc from 'fast-check';

/** Texts with a special meaning for parsers, shells, file systems, XML, SQL or JavaScript objects. */
const TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'x\udfffy',
  '\ufeff',
  '\u2028\u2029\u0085',
  '\r\n',
  'a\nb',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '../../../etc/passwd',
  '..%2f..%2f',
  '%2e%2e%2f',
  '/etc/passwd',
  '-rf',
  '--help',
  "'; touch pwned; '",
  '$(touch pwned)',
  '`touch pwned`',
  '${IFS}',
  '"',
  "'",
  '\\',
  '*',
  '{%',
  '{% $states %}',
  '{%%}',
  '<![CDATA[x]]>',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '&amp;&#0;&#xD800;',
  'arn:aws:states:eu-central-1:123456789012:stateMachine:fuzz',
  'arn:aws::::',
  'arn',
  ':::::::',
  '1e999',
  'NaN',
  '-1',
  '0',
  '99999999999999999999',
  '2026-01-01T00:00:00Z',
  '2026-13-45T99:99:99Z',
  'rate(0 minutes)',
  '%',
  '%%',
  '%zz',
  '\u{1f600}',
  'ÿ'.repeat(300),
  'a'.repeat(5_000),
  'x/'.repeat(600),
] as const;

export const nastyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 2, arbitrary: fc.string({ maxLength: 40 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...TEXTS), fc.constantFrom(...TEXTS)).map(([a, b]) => a + b),
  },
);

/** Replaces characters that UTF-8 cannot encode (lone surrogates). */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString('utf8');
}

export const nastyNumber: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, -0, -1, 1, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 53, -(2 ** 53), 1e21, 5e-324),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Marker in generated values, and its replacement: JSON that is nested too deeply for a recursive parser. */
const DEEP = '@deep@';
const DEEP_TEXT = `${'[{"a":'.repeat(5_000)}1${'}]'.repeat(5_000)}`;

/** Generates JSON of any shape, including objects with a member `__proto__`. */
export const nastyJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    nastyText,
    nastyNumber,
    fc.constantFrom(true, false, null, DEEP),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(nastyText, tie('value')), { maxLength: 4 }).map(objectOf),
  ),
})).value;

/** Returns an object with the entries as members. Assigning `__proto__` would set the prototype instead. */
export function objectOf(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries);
}

/** Returns the JSON text of a value. Replaces at most one marker by deeply nested JSON. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(`"${DEEP}"`, () => DEEP_TEXT);
}

interface Change {
  readonly at: number;
  readonly kind: 'replace' | 'delete' | 'add' | 'wrap' | 'repeat';
  readonly name: string;
  readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat({ max: 200 }),
  kind: fc.constantFrom('replace', 'replace', 'delete', 'add', 'wrap', 'repeat'),
  name: nastyText,
  value: nastyJson,
});

/** Generates a valid value with up to four mutations. */
export function mutated(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(valid, fc.array(change, { maxLength: 4 }))
    .map(([value, changes]) => changes.reduce(changed, structuredClone(value)));
}

function changed(root: unknown, { at, kind, name, value }: Change): unknown {
  const places = placesIn(root);
  const place = places[at % (places.length + 1)];
  if (place === undefined) return kind === 'replace' ? value : root;
  const { holder, key } = place;
  const found = holder[key];
  if (kind === 'delete') delete holder[key];
  else if (kind === 'wrap') holder[key] = at % 2 === 0 ? [found] : objectOf([[name, found]]);
  else if (kind === 'repeat') holder[key] = Array.from({ length: 12 }, () => found);
  else if (kind === 'add' && isHolder(found)) define(found, name, value);
  else holder[key] = value;
  return root;
}

type Holder = Record<string, unknown>;

function placesIn(value: unknown, found: { holder: Holder; key: string }[] = []) {
  if (!isHolder(value) || found.length > 300) return found;
  for (const key of Object.keys(value)) {
    found.push({ holder: value, key });
    placesIn(value[key], found);
  }
  return found;
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null;
}

function define(holder: Holder, name: string, value: unknown): void {
  Object.defineProperty(holder, name === 'length' ? 'Length' : name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
