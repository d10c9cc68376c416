import { type z } from 'zod';
import { toDotPath } from 'zod/v4/core';

import { CodeseederError } from './codeseeder-error.js';
import { isNestedOver } from './json-depth.js';
import { JSON_MAX_DEPTH } from './json-value.js';
import { boundedText } from './bounded-text.js';
import { FAILURE_MESSAGE_MAX_CHARACTERS } from './limits.js';

/** What a run may be given, and the messages around it. */
const PARSED_MAX_DEPTH = JSON_MAX_DEPTH + 10;

/**
 * Checks a value from outside against a schema.
 *
 * @param what names the value in the error, such as `run request`
 * @throws CodeseederError `InvalidRequest`, with the path of each fault
 */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  if (isNestedOver(value, PARSED_MAX_DEPTH)) throw nestedTooDeep(what);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const message = `The ${what} is not valid: ${describeIssues(parsed.error)}`;
  throw new CodeseederError('InvalidRequest', boundedText(message, FAILURE_MESSAGE_MAX_CHARACTERS), {
    cause: parsed.error,
  });
}

function nestedTooDeep(what: string): CodeseederError {
  return new CodeseederError(
    'InvalidRequest',
    `The ${what} is not valid: it is nested over ${PARSED_MAX_DEPTH} deep`,
  );
}

function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 10)
    .map(({ path, message }) => (path.length > 0 ? `${toDotPath(path)}: ${message}` : message))
    .join('; ');
}

/** JSON text from outside, parsed. @throws CodeseederError `InvalidRequest` */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new CodeseederError('InvalidRequest', `The ${what} is not JSON: ${String(cause)}`, { cause });
  }
}
