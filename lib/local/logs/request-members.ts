import { AwsError } from '../wire/aws-error.js';

/** @throws AwsError `InvalidParameterException` naming members that the place would otherwise ignore */
export function knownMembersOnly(operation: string, input: object, known: readonly string[]): void {
  const unknown = Object.entries(input)
    .filter(([name, value]) => value !== undefined && value !== null && !known.includes(name))
    .map(([name]) => name);
  if (unknown.length === 0) return;
  throw invalidParameter(
    `The local place has no ${unknown.join(', ')} in ${operation}; it has ${known.join(', ')}.`,
  );
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

/** @throws AwsError `InvalidParameterException` */
export function requiredText(input: object, member: string): string {
  const value = (input as Record<string, unknown>)[member];
  if (typeof value === 'string' && value !== '') return value;
  throw invalidParameter(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}

/** @throws AwsError `InvalidParameterException` when the page size is outside what the operation takes */
export function pageSize(limit: number | undefined, largest: number): number {
  if (limit === undefined) return largest;
  if (Number.isInteger(limit) && limit >= 1 && limit <= largest) return limit;
  throw invalidParameter(
    `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value between 1 and ${largest}`,
  );
}
