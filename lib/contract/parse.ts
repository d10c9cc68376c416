import { z } from 'zod';

import { CodeseederError } from './codeseeder-error.js';
import { boundedText } from './failure-text.js';
import { FAILURE_MESSAGE_MAX_CHARACTERS } from './limits.js';

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
  const parsed = withinStack(() => schema.safeParse(value), what);
  if (parsed.success) return parsed.data;
  const message = `The ${what} is not valid: ${describeIssues(parsed.error)}`;
  throw new CodeseederError('InvalidRequest', boundedText(message, FAILURE_MESSAGE_MAX_CHARACTERS), {
    cause: parsed.error,
  });
}

/**
 * Runs what recurses into a value from outside.
 * @throws CodeseederError `InvalidRequest` for a value that is nested deeper than the stack reaches
 */
export function withinStack<T>(read: () => T, what: string): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new CodeseederError(
      'InvalidRequest',
      `The ${what} is not valid: it is nested too deep to be read`,
      {
        cause,
      },
    );
  }
}

function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 10)
    .map(({ path, message }) => (path.length > 0 ? `${z.core.toDotPath(path)}: ${message}` : message))
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
