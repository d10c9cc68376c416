import { z } from 'zod';

import type { Json, JsonObject } from '../../resources/resource-provider.js';
import { AwsError } from '../../wire/aws-error.js';
import { checkQuery, isExpression, queryOf } from './expression.js';

/** Returns the error of Step Functions for an invalid definition. */
export function invalidDefinition(
  problem: string,
  path: string,
  code: 'SCHEMA_VALIDATION_FAILED' | 'MISSING_TRANSITION_TARGET' = 'SCHEMA_VALIDATION_FAILED',
): AwsError {
  return new AwsError(
    'InvalidDefinition',
    `Invalid State Machine Definition: '${code}: ${problem} at ${path === '' ? '/' : path}'`,
  );
}

/**
 * Parses a part of a definition.
 * @param path of the part in the definition
 * @throws AwsError `InvalidDefinition` with the path of the invalid value. Unknown fields are reported first
 */
export function readFields<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  path: string,
): z.output<Schema> {
  const { success, data, error } = schema.safeParse(value, { error: describeIssue });
  if (success) return data;
  const { message, path: steps } = firstFault(error);
  const at = steps.map((step) => (typeof step === 'number' ? `[${step}]` : `/${String(step)}`));
  throw invalidDefinition(message, path + at.join(''));
}

/** Returns the problem to report: an unknown field if there is one, otherwise the first problem. */
function firstFault({ issues }: z.ZodError): { message: string; path: PropertyKey[] } {
  const unknown = issues.find(({ code }) => code === 'unrecognized_keys');
  const { message = '', path = [] } = unknown ?? issues[0] ?? {};
  return { message, path: unknown?.code === 'unrecognized_keys' ? [...path, unknown.keys[0] ?? ''] : path };
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'Expected a string',
  object: 'Expected an object',
  boolean: 'Expected true or false',
  array: 'Expected an array',
};

function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return EXPECTED[issue.expected];
    case 'too_small':
      return 'Expected an array with at least one item';
    case 'invalid_value':
      return `Expected one of ${issue.values.join(', ')}`;
    default:
      return undefined;
  }
}

/** Type with the same fields, whose names start with a lower-case letter. */
export type Lowered<Fields> = {
  [Name in keyof Fields as Name extends string ? Uncapitalize<Name> : Name]: Fields[Name];
};

/**
 * Returns the schema of an object in a definition. Its result has names that start with a lower-case letter.
 * @param owner names the object in errors, such as `a Retrier`
 * @param renamed fields of JSONPath states, each with the field that JSONata states have instead
 */
export function fields<Shape extends z.ZodRawShape>(
  owner: string,
  shape: Shape,
  renamed: Readonly<Record<string, string>> = {},
) {
  const schema = z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const [unknown = ''] = issue.keys;
      return renamed[unknown] === undefined
        ? `Field "${unknown}" is not supported in ${owner}`
        : `A JSONata state has "${renamed[unknown]}" instead of "${unknown}"`;
    },
  });
  return schema.transform(
    (read) =>
      Object.fromEntries(
        Object.entries(read).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
      ) as Lowered<typeof read>,
  );
}

/** Members of `$states` that the expressions of a field can use in addition to `input` and `context`. */
export interface Visible {
  readonly result?: boolean;
  readonly errorOutput?: boolean;
}

/** Schema of a string, which may be a JSONata expression. */
export function text() {
  return z.string().superRefine((value, context) => checkTemplate(value, [], {}, context));
}

/** Schema of a JSON value, which may contain JSONata expressions. */
export function template(visible: Visible = {}) {
  return z.custom<Json>().superRefine((value, context) => checkTemplate(value, [], visible, context));
}

interface Range {
  readonly min: number;
  readonly max: number;
  /** Whether the number must be an integer. @default true */
  readonly whole?: boolean;
}

/** Schema of a number in a range. */
export function number({ min, max, whole = true }: Range) {
  const isInRange = (value: unknown) =>
    typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value));
  return z.custom<number>(isInRange, `Expected a ${whole ? 'whole number' : 'number'} from ${min} to ${max}`);
}

/**
 * Schema of a value, or of a JSONata expression that returns the value.
 * @param takesText whether the value can be a string that is not an expression
 */
export function orExpression<Value>(schema: z.ZodType, takesText = false) {
  return z.custom<Value | string>().superRefine((value, context) => {
    const isQuery = typeof value === 'string' && isExpression(value);
    if (typeof value === 'string' && !isQuery && !takesText) {
      context.addIssue('Expected a JSONata expression inside {% %}');
      return;
    }
    const { error } = isQuery ? text().safeParse(value) : schema.safeParse(value, { error: describeIssue });
    if (error !== undefined) context.addIssue({ code: 'custom', ...firstFault(error) });
  });
}

/** Schema of an integer in a range, or of a JSONata expression that returns it. */
export function count(range: Range = { min: 0, max: 2_147_483_647 }) {
  return orExpression<number>(number(range));
}

/** Schemas of the fields `Assign` and `Output`. */
export function assigning(visible: Visible = {}) {
  const assigned = z.custom<JsonObject>().superRefine((value, context) => {
    const names = isObject(value) ? Object.keys(value) : [];
    const unusable = names.find((name) => name === 'states' || !VARIABLE_NAME.test(name));
    if (!isObject(value)) context.addIssue('Expected an object');
    else if (unusable === undefined) checkTemplate(value, [], visible, context);
    else {
      const message = `"${unusable}" cannot be the name of a variable`;
      context.addIssue({ code: 'custom', message, path: [unusable] });
    }
  });
  return { Assign: assigned.optional(), Output: template(visible).optional() };
}

/**
 * Valid names of variables.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
const VARIABLE_NAME = /^[\p{ID_Start}_][\p{ID_Continue}]{0,79}$/u;

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkTemplate(
  value: unknown,
  path: readonly string[],
  visible: Visible,
  context: z.RefinementCtx,
): void {
  const message = typeof value === 'string' ? queryProblem(value, visible) : undefined;
  if (message !== undefined) context.addIssue({ code: 'custom', message, path: [...path] });
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) checkTemplate(item, [...path, key], visible, context);
}

function queryProblem(value: string, visible: Visible): string | undefined {
  if (!isExpression(value)) {
    if (!value.startsWith('{%') && !value.endsWith('%}')) return undefined;
    return 'A JSONata expression must fill its string, from {% to %}';
  }
  let ast: unknown;
  try {
    ast = checkQuery(queryOf(value));
  } catch (error) {
    return `The query is not JSONata: ${(error as Error).message}`;
  }
  const members = ['result', 'errorOutput'] as const;
  const missing = members.find((member) => visible[member] !== true && readsStates(ast, member));
  return missing && `$states.${missing} does not exist in this field`;
}

/** Returns whether a query reads `$states.<member>`. */
function readsStates(node: unknown, member: string): boolean {
  if (typeof node !== 'object' || node === null) return false;
  const { type, steps } = node as { type?: unknown; steps?: { type?: string; value?: unknown }[] };
  if (type === 'path' && Array.isArray(steps)) {
    const [first, second] = steps;
    const isMember = first?.type === 'variable' && first.value === 'states' && second?.value === member;
    if (isMember) return true;
  }
  return Object.values(node).some((child) => readsStates(child, member));
}
