import { evaluateExpression, isExpression, type Scope } from './expression.js';
import { QUERY_EVALUATION_ERROR, StateError } from './state-error.js';

/**
 * Evaluates each expression (`{% ... %}`) in a JSON value, at any depth.
 * @param location path of the field, such as `Arguments/Payload/ids[0]`
 * @throws StateError `States.QueryEvaluationError`
 */
export async function evaluateTemplate(template: unknown, scope: Scope, location: string): Promise<unknown> {
  if (typeof template === 'string') {
    return isExpression(template) ? evaluateExpression(template, scope, location) : template;
  }
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) {
    const items: unknown[] = [];
    for (const [index, item] of template.entries()) {
      items.push(await evaluateTemplate(item, scope, `${location}[${index}]`));
    }
    return items;
  }
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(template)) {
    entries.push([key, await evaluateTemplate(value, scope, `${location}/${key}`)]);
  }
  return Object.fromEntries(entries);
}

interface FieldTypes {
  string: string;
  number: number;
  boolean: boolean;
  object: object;
}

/**
 * Evaluates a field whose value must be of the given type.
 * @throws StateError `States.QueryEvaluationError`
 */
export async function evaluateField<T extends keyof FieldTypes>(
  field: unknown,
  expected: T,
  scope: Scope,
  location: string,
): Promise<FieldTypes[T]> {
  const value = await evaluateTemplate(field, scope, location);
  const found = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  if (found !== expected)
    throw unexpected(field, location, `Expected '${expected}', but was '${found}'`, value);
  return value as FieldTypes[T];
}

/** Returns the error for a value that the field does not allow. */
export function unexpected(field: unknown, location: string, problem: string, value: unknown): StateError {
  const subject =
    typeof field === 'string' && isExpression(field)
      ? `The JSONata expression '${field.slice(2, -2).trim()}' specified for the field '${location}'`
      : `The field '${location}'`;
  return new StateError(
    QUERY_EVALUATION_ERROR,
    `${subject} returned an unexpected result type. ${problem} for value: ${JSON.stringify(value)}`,
    location,
  );
}

/**
 * Evaluates a field whose value must be an integer.
 * @throws StateError `States.QueryEvaluationError`
 */
export async function evaluateCount(
  field: number | string,
  scope: Scope,
  location: string,
  { min, max }: { readonly min: number; readonly max: number } = { min: 0, max: 2_147_483_647 },
): Promise<number> {
  const count = await evaluateField(field, 'number', scope, location);
  if (Number.isInteger(count) && count >= min && count <= max) return count;
  throw unexpected(field, location, `Expected a whole number from ${min} to ${max}`, count);
}
