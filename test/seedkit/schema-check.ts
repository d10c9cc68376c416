import { readFileSync } from 'node:fs';

/** A part of a resource type's schema, as `test/fixtures/region-schemas/make.mjs` writes it. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

interface Variants {
  /** Regions that do not have the type. */
  readonly missing: readonly string[];
  readonly common: Schema;
  readonly others: readonly { readonly regions: readonly string[]; readonly schema: Schema }[];
}

const FACTS = JSON.parse(
  readFileSync(new URL('../fixtures/region-schemas/schemas.json', import.meta.url), 'utf8'),
) as { readonly regions: readonly string[]; readonly types: Readonly<Record<string, Variants>> };

/** The regions whose schemas are known. */
export const SCHEMA_REGIONS = FACTS.regions;

/** Returns the schema of a type in a region, or undefined if the region does not have the type. */
export function schemaOf(type: string, region: string): Schema | undefined {
  const variants = FACTS.types[type];
  if (variants === undefined) {
    throw new Error(`No schemas of ${type}: add it to test/fixtures/region-schemas/make.mjs and run that`);
  }
  if (variants.missing.includes(region)) return undefined;
  return variants.others.find(({ regions }) => regions.includes(region))?.schema ?? variants.common;
}

/** Returns whether a text contains a value that is known only after a deployment. */
export function isOpen(text: string): boolean {
  return text.includes('${');
}

/** Returns the problems of a value: the path of each, and the violated rule. */
export function problemsOf(value: unknown, schema: Schema, root: Schema = schema, path = ''): string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    const check = CHECKS[keyword];
    if (check === undefined) throw new Error(`The keyword ${keyword} is not checked`);
    return check({ value, rule, schema, root, path }).map((problem) =>
      problem.startsWith('/') ? problem : `${path || '/'}: ${problem}`,
    );
  });
}

interface Check {
  readonly value: unknown;
  readonly rule: unknown;
  readonly schema: Schema;
  readonly root: Schema;
  readonly path: string;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const closedText = (value: unknown) => (typeof value === 'string' && !isOpen(value) ? value : undefined);
const unless = (holds: boolean, problem: string) => (holds ? [] : [problem]);

const expressions = new Map<string, RegExp>();

/** Converts a pattern of the schemas to a regular expression of JavaScript. */
function expressionOf(pattern: string): RegExp {
  const known = expressions.get(pattern);
  if (known !== undefined) return known;
  const expression = new RegExp(pattern.replace(/\\Z$/, '$'), /\\p\{/i.test(pattern) ? 'u' : '');
  expressions.set(pattern, expression);
  return expression;
}

function within(size: number | undefined, limit: unknown, isMost: boolean, what: string): string[] {
  if (size === undefined || typeof limit !== 'number') return [];
  return unless(
    isMost ? size <= limit : size >= limit,
    `${[size, what].join(' ').trim()}, ${isMost ? 'at most' : 'at least'} ${limit}`,
  );
}

const characters = (value: unknown) => closedText(value)?.length;
const itemsIn = (value: unknown) => (Array.isArray(value) ? value.length : undefined);
const numberOf = (value: unknown) => (typeof value === 'number' ? value : undefined);

function typeNames(value: unknown): readonly string[] {
  if (Array.isArray(value)) return ['array'];
  if (isObject(value)) return ['object'];
  // Returns all types that a value may have, because CloudFormation converts between text and other simple types.
  if (typeof value === 'string' && /^(true|false)$/.test(value)) return ['string', 'boolean'];
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return ['string', 'integer', 'number'];
  if (typeof value === 'string') return ['string'];
  if (typeof value === 'boolean') return ['boolean', 'string'];
  if (typeof value === 'number') return [Number.isInteger(value) ? 'integer' : 'number', 'number', 'string'];
  return ['null'];
}

function nested({ root, path }: Check, entries: Iterable<readonly [string | number, unknown, Schema]>) {
  return [...entries].flatMap(([name, value, schema]) => problemsOf(value, schema, root, `${path}/${name}`));
}

function unknownNames({ value, schema }: Check): string[] {
  if (!isObject(value)) return [];
  const patterns = Object.keys(schema['patternProperties'] ?? {}).map((text) => new RegExp(text));
  return Object.keys(value).filter(
    (name) =>
      !Object.hasOwn(schema['properties'] ?? {}, name) && !patterns.some((pattern) => pattern.test(name)),
  );
}

function matches({ value, rule, root, path }: Check): number {
  return (rule as Schema[]).filter((schema) => problemsOf(value, schema, root, path).length === 0).length;
}

const CHECKS: Readonly<Record<string, (check: Check) => string[]>> = {
  definitions: () => [],
  type: ({ value, rule }) =>
    unless(
      typeNames(value).some((name) => [rule].flat().includes(name)),
      `${JSON.stringify(value)} is not of type ${String(rule)}`,
    ),
  $ref: ({ value, rule, root, path }) =>
    problemsOf(
      value,
      (root['definitions'] as Record<string, Schema>)[String(rule).split('/').at(-1) ?? '']!,
      root,
      path,
    ),
  const: ({ value, rule }) =>
    unless(closedText(value) === undefined || value === rule, `not ${String(rule)}`),
  enum: ({ value, rule }) =>
    unless(
      (typeof value === 'string' && isOpen(value)) || (rule as unknown[]).map(String).includes(String(value)),
      `${String(value)} is not one of ${String(rule)}`,
    ),
  pattern: ({ value, rule }) => {
    const text = closedText(value);
    return unless(
      text === undefined || expressionOf(String(rule)).test(text),
      `${text} does not match ${String(rule)}`,
    );
  },
  minLength: ({ value, rule }) => within(characters(value), rule, false, 'characters'),
  maxLength: ({ value, rule }) => within(characters(value), rule, true, 'characters'),
  minItems: ({ value, rule }) => within(itemsIn(value), rule, false, 'items'),
  maxItems: ({ value, rule }) => within(itemsIn(value), rule, true, 'items'),
  minimum: ({ value, rule }) => within(numberOf(value), rule, false, ''),
  maximum: ({ value, rule }) => within(numberOf(value), rule, true, ''),
  minProperties: ({ value, rule }) =>
    within(isObject(value) ? Object.keys(value).length : undefined, rule, false, 'properties'),
  required: ({ value, rule }) =>
    isObject(value)
      ? (rule as string[]).filter((name) => !Object.hasOwn(value, name)).map((name) => `${name} is missing`)
      : [],
  properties: (check) =>
    nested(
      check,
      Object.entries(check.rule as Record<string, Schema>).flatMap(([name, schema]) =>
        isObject(check.value) && Object.hasOwn(check.value, name)
          ? [[name, check.value[name], schema] as const]
          : [],
      ),
    ),
  patternProperties: (check) =>
    nested(
      check,
      Object.entries(check.rule as Record<string, Schema>).flatMap(([pattern, schema]) =>
        Object.entries(isObject(check.value) ? check.value : {})
          .filter(([name]) => new RegExp(pattern).test(name))
          .map(([name, value]) => [name, value, schema] as const),
      ),
    ),
  additionalProperties: (check) => {
    if (check.rule === false) return unknownNames(check).map((name) => `${name} is not a property`);
    if (!isObject(check.rule)) return [];
    const values = check.value as Record<string, unknown>;
    return nested(
      check,
      unknownNames(check).map((name) => [name, values[name], check.rule as Schema] as const),
    );
  },
  items: (check) =>
    nested(
      check,
      (Array.isArray(check.value) ? check.value : []).map(
        (item: unknown, index) => [index, item, check.rule as Schema] as const,
      ),
    ),
  allOf: (check) =>
    unless(matches(check) === (check.rule as unknown[]).length, 'not all of its alternatives hold'),
  anyOf: (check) => unless(matches(check) > 0, 'none of its alternatives holds'),
  oneOf: (check) => unless(matches(check) > 0, 'none of its alternatives holds'),
};
