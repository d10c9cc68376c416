import { z } from 'zod';

import { CodeseederError } from './codeseeder-error.js';

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
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new CodeseederError('InvalidRequest', `The ${what} is not valid: ${describeIssues(parsed.error)}`, {
    cause: parsed.error,
  });
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
