import { LocalAwsError } from '../local-aws-error.js';
import type { CheckedOperation } from '../wire/operation.js';
import { validationError } from './request-members.js';

/** Wraps operations, so that errors of the template applier get the service's error codes. */
export function withServiceErrors<Operations extends Readonly<Record<string, CheckedOperation>>>(
  operations: Operations,
): Operations {
  const wrapped = Object.entries(operations).map(([name, run]) => {
    const call: CheckedOperation = async (...request) => {
      try {
        return await run(...request);
      } catch (error) {
        throw error instanceof LocalAwsError ? validationError(error.message) : error;
      }
    };
    return [name, call] as const;
  });
  return Object.fromEntries(wrapped) as Operations;
}
