import { AwsError } from '../wire/aws-error.js';

/** The part of a list that a request asks for; a token is the name to begin at. */
export function pageOf<T extends { readonly name: string }>(
  all: readonly T[],
  {
    Limit = 100,
    NextToken,
  }: { readonly Limit?: number | undefined; readonly NextToken?: string | undefined },
): { readonly items: T[]; readonly NextToken?: string } {
  if (Limit < 1 || Limit > 100) {
    throw new AwsError('ValidationException', 'Limit must be between 1 and 100.');
  }
  const first = NextToken === undefined ? '' : Buffer.from(NextToken, 'base64url').toString('utf8');
  const rest = all.filter(({ name }) => name >= first);
  const next = rest[Limit];
  return {
    items: rest.slice(0, Limit),
    ...(next === undefined ? {} : { NextToken: Buffer.from(next.name).toString('base64url') }),
  };
}
