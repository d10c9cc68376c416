import { type z } from 'zod';
import { toDotPath } from 'zod/v4/core';

import { CodeseederError } from './codeseeder-error.js';
import { isNestedOver } from './json-depth.js';
import { JSON_MAX_DEPTH } from './json-value.js';
import { boundedText } from './bounded-text.js';
import { FAILURE_MESSAGE_MAX_CHARACTERS } from './limits.js';

/** {@link JSON_MAX_DEPTH}, plus room for the levels of the message around the user's value. */
const PARSED_MAX_DEPTH = JSON_MAX_DEPTH + 10;

/**
 * Checks a value from outside against a schema.
 *
 * @param subject names the value in the error, such as `run request`
 * @throws CodeseederError `InvalidRequest` with the paths of the first ten faults
 */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  subject: string,
): z.output<Schema> {
  if (isNestedOver(value, PARSED_MAX_DEPTH)) throw nestedTooDeep(subject);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const message = `The ${subject} is not valid: ${describeIssues(parsed.error)}`;
  throw new CodeseederError('InvalidRequest', boundedText(message, FAILURE_MESSAGE_MAX_CHARACTERS), {
    cause: parsed.error,
  });
}

function nestedTooDeep(subject: string): CodeseederError {
  return new CodeseederError(
    'InvalidRequest',
    `The ${subject} is not valid: it is nested over ${PARSED_MAX_DEPTH} deep`,
  );
}

function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 10)
    .map(({ path, message }) => (path.length > 0 ? `${toDotPath(path)}: ${message}` : message))
    .join('; ');
}

/**
 * Parses JSON text from outside.
 * @param subject names the text in the error
 * @throws CodeseederError `InvalidRequest`
 */
export function parseJson(text: string, subject: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new CodeseederError('InvalidRequest', `The ${subject} is not JSON: ${String(cause)}`, { cause });
  }
}

/**
 * A property name that Zod drops from a record without an error. In JavaScript, assigning to it sets an object's
 * prototype.
 */
const LOST_NAME = '__proto__';

/**
 * Refuses a message in which a label, variable, package or option has the name `__proto__`, because it would be lost.
 * @param kept members of the message that may contain the name, because they are passed on unchanged
 * @throws CodeseederError `InvalidRequest` with the path of the name
 */
export function refuseLostNames(value: unknown, subject: string, kept: readonly string[] = []): void {
  if (isNestedOver(value, PARSED_MAX_DEPTH)) throw nestedTooDeep(subject);
  const found = pathOfLostName(value, kept);
  if (found === undefined) return;
  throw new CodeseederError(
    'InvalidRequest',
    `The ${subject} is not valid: ${found.join('.')}: the name ${LOST_NAME} is not allowed; use another name`,
  );
}

function pathOfLostName(value: unknown, kept: readonly string[] = []): string[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    if (name === LOST_NAME) return [name];
    const inside = kept.includes(name) ? undefined : pathOfLostName(member);
    if (inside !== undefined) return [name, ...inside];
  }
  return undefined;
}
