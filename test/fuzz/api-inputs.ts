import fc from 'fast-check';

import { nastyJson, nastyNumber, nastyText, objectOf } from './nasty.js';

/** An operation of a service. */
export interface Operation {
  readonly name: string;
  /** Generates inputs that have the members of the operation, with random values. */
  readonly inputs: fc.Arbitrary<Record<string, unknown>>;
}

/** Names of existing resources for members whose name matches. */
export type KnownValues = readonly (readonly [RegExp, readonly unknown[]])[];

/**
 * The kinds of shapes in the SDK's schemas, where the first item of a schema is its kind.
 * @see https://smithy.io/2.0/spec/idl.html
 */
const STRING = 0;
const NUMERIC = 1;
const BOOLEAN = 2;
const LIST = 1;
const MAP = 2;
const STRUCTURE = 3;
const LIST_MODIFIER = 64;
const MAP_MODIFIER = 128;
const DEPTH_MAX = 4;

/** Returns the named operations with inputs generated from the SDK's model of the API. */
export function operationsOf(
  client: Readonly<Record<string, unknown>>,
  names: readonly string[],
  known: KnownValues,
): Operation[] {
  return names.map((name) => {
    const operation = client[`${name}$`] as readonly unknown[] | undefined;
    if (operation === undefined) throw new Error(`The SDK has no operation ${name}`);
    return { name, inputs: valuesOf(operation[4], '', known, 0) as Operation['inputs'] };
  });
}

function valuesOf(schema: unknown, member: string, known: KnownValues, depth: number): fc.Arbitrary<unknown> {
  if (typeof schema === 'function') return valuesOf((schema as () => unknown)(), member, known, depth);
  if (typeof schema === 'number') return simpleValues(schema, member, known);
  const parts = schema as readonly unknown[];
  if (typeof parts[1] !== 'string') return valuesOf(parts[0], member, known, depth);
  if (parts[0] === STRUCTURE || parts[0] === 4) return structureValues(parts, known, depth);
  if (depth >= DEPTH_MAX) return nastyJson;
  if (parts[0] === LIST) return listOf(valuesOf(parts[4], member, known, depth + 1));
  if (parts[0] === MAP) return mapOf(valuesOf(parts[5], member, known, depth + 1));
  return valuesOf(parts[4], member, known, depth);
}

function structureValues(
  parts: readonly unknown[],
  known: KnownValues,
  depth: number,
): fc.Arbitrary<unknown> {
  const names = (parts[4] ?? []) as readonly string[];
  if (names.length === 0 || depth >= DEPTH_MAX) return fc.constant({});
  const schemas = parts[5] as readonly unknown[];
  const required = Number(parts[6] ?? 0);
  const members = names.map((name, index) =>
    fc.oneof(
      { weight: index < required ? 1 : 12, arbitrary: fc.constant(undefined) },
      { weight: index < required ? 15 : 3, arbitrary: valuesOf(schemas[index], name, known, depth + 1) },
    ),
  );
  return fc
    .tuple(...members)
    .map((values) =>
      objectOf(
        names.flatMap((name, index) => (values[index] === undefined ? [] : [[name, values[index]] as const])),
      ),
    );
}

function listOf(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.array(values, { maxLength: 3 });
}

function mapOf(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.array(fc.tuple(nastyText, values), { maxLength: 3 }).map(objectOf);
}

function simpleValues(kind: number, member: string, known: KnownValues): fc.Arbitrary<unknown> {
  if (kind >= MAP_MODIFIER) return mapOf(simpleValues(kind - MAP_MODIFIER, member, known));
  if (kind >= LIST_MODIFIER) return listOf(simpleValues(kind - LIST_MODIFIER, member, known));
  const own = known.find(([pattern]) => pattern.test(member))?.[1];
  const typed =
    kind === STRING
      ? nastyText
      : kind === NUMERIC
        ? fc.oneof(fc.integer({ min: 1, max: 20 }), nastyNumber)
        : kind === BOOLEAN
          ? fc.boolean()
          : kind >= 4 && kind <= 7
            ? fc.constantFrom<unknown>(0, 1_700_000_000, -1, 1e300)
            : nastyText;
  return own === undefined ? typed : fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...own) }, typed);
}
