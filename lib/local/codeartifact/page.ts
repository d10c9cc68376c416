import { invalid } from './refusals.js';
import type { RequestMembers } from './request-members.js';

const PAGE_MAX = 1000;
const PAGE_DEFAULT = 100;

/**
 * One page of a list in key order. The token is the key that the page before ended with.
 * @throws AwsError `ValidationException`
 */
export function pageOf<T>(all: readonly T[], keyOf: (item: T) => string, members: RequestMembers) {
  const size = members.number('max-results', PAGE_DEFAULT, (value) => value >= 1 && value <= PAGE_MAX);
  const token = members.optional('next-token');
  const start = token === undefined ? 0 : 1 + all.findIndex((item) => keyOf(item) === readToken(token));
  if (token !== undefined && start === 0) throw invalid('The nextToken is not valid any more.');
  const items = all.slice(start, start + size);
  const last = items.at(-1);
  const isCut = start + size < all.length && last !== undefined;
  return { items, ...(isCut ? { nextToken: Buffer.from(keyOf(last)).toString('base64url') } : {}) };
}

function readToken(token: string): string {
  return Buffer.from(token, 'base64url').toString('utf8');
}
