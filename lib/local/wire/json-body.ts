import { AwsError } from './aws-error.js';
import { isNestedOver } from './data-depth.js';

/** Maximum nesting depth of a body. No supported API needs more. */
const DEPTH_MAX = 100;

/**
 * Parses a request body, which must be a JSON object. As in AWS, leaves out members that are `null`.
 * @throws AwsError `SerializationException`
 */
export function parseJsonBody(body: Buffer): object {
  if (body.length === 0) return {};
  const value = parse(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AwsError('SerializationException', 'The request body is not a JSON object.');
  }
  if (isNestedOver(value, DEPTH_MAX)) {
    throw new AwsError(
      'SerializationException',
      `The request body is nested deeper than ${DEPTH_MAX} levels.`,
    );
  }
  return withoutNulls(value) as object;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      member === null ? [] : [[name, withoutNulls(member)] as const],
    ),
  );
}
