import { invalidParameter } from './request-members.js';

/**
 * One page of a list in order; the token names the last entry of the page before.
 * @throws AwsError `InvalidParameterException` for a token that is not ours
 */
export function pageAfter<T extends { readonly name: string }>(
  list: readonly T[],
  token: string | undefined,
  limit: number,
): { page: T[]; nextToken?: string } {
  const from = token ? list.findIndex(({ name }) => name === decode(token)) + 1 : 0;
  if (token && from === 0) throw invalidParameter('The specified nextToken is invalid.');
  const page = list.slice(from, from + limit);
  const last = page.at(-1);
  const isEnd = last === undefined || from + limit >= list.length;
  return isEnd ? { page } : { page, nextToken: Buffer.from(last.name).toString('base64url') };
}

function decode(token: string): string {
  return Buffer.from(token, 'base64url').toString('utf8');
}
