import type { z } from 'zod';
import { toDotPath } from 'zod/v4/core';

import { LocalAwsError } from './local-aws-error.js';
import { DATA_MAX_DEPTH, isTooDeep } from './wire/data-depth.js';

/** Maximum number of invalid values that a message lists. */
const REPORTED_ISSUES = 10;

/**
 * Parses JSON text and checks it against a schema.
 *
 * @param name names the text in the error, such as `assembly's manifest.json`
 * @throws LocalAwsError `InvalidRequest`, with the path of each invalid value
 */
export function parseJsonWith<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  name: string,
): z.output<Schema> {
  return parseWith(schema, parseJson(text, name), name);
}

/**
 * Checks a value against a schema.
 * @throws LocalAwsError `InvalidRequest`, with the path of each invalid value
 */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  name: string,
): z.output<Schema> {
  if (isTooDeep(value)) {
    throw new LocalAwsError('InvalidRequest', `The ${name} is nested deeper than ${DATA_MAX_DEPTH} levels.`);
  }
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const issues = error.issues
    .slice(0, REPORTED_ISSUES)
    .map(({ path, message }) => (path.length > 0 ? `${toDotPath(path)}: ${message}` : message));
  throw new LocalAwsError('InvalidRequest', `The ${name} is not valid: ${issues.join('; ')}`, {
    cause: error,
  });
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new LocalAwsError('InvalidRequest', `The ${name} is not JSON: ${String(cause)}`, { cause });
  }
}
