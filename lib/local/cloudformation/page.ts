import { AwsError } from '../wire/aws-error.js';

/** One page of a list; the token is the position that the next one starts at. */
export function page<T>(
  entries: readonly T[],
  input: URLSearchParams,
  size: number,
): { readonly entries: readonly T[]; readonly nextToken: string | undefined } {
  const start = startOf(input.get('NextToken'));
  const end = start + size;
  return {
    entries: entries.slice(start, end),
    nextToken: end < entries.length ? Buffer.from(String(end)).toString('base64url') : undefined,
  };
}

function startOf(token: string | null): number {
  if (token === null || token === '') return 0;
  const start = Number(Buffer.from(token, 'base64url').toString());
  if (Number.isInteger(start) && start > 0) return start;
  throw new AwsError('ValidationError', 'NextToken is not one that was given out');
}
