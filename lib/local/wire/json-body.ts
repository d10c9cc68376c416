import { isNestedOver } from '../../contract/index.js';
import { AwsError } from './aws-error.js';

/** No API's input nests as deep. */
const DEPTH_MAX = 100;

/**
 * The input that a request body holds. A member that is `null` is as good as left out, as in the services.
 * @throws AwsError `SerializationException`
 */
export function parseJsonBody(body: Buffer): object {
  if (body.length === 0) return {};
  const value = parse(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AwsError('SerializationException', 'The request body is not a JSON object.');
  }
  if (isNestedOver(value, DEPTH_MAX)) {
    throw new AwsError('SerializationException', `The request body is nested over ${DEPTH_MAX} deep.`);
  }
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
