import type { AwsError } from './aws-error.js';

export interface PageOptions {
  /** Maximum number of items on the page. The schema of the operation has already checked it. */
  readonly limit: number;
  /** Token from the page before. @default returns the first page */
  readonly token: string | undefined;
  /**
   * Order of the list's keys. It is needed to continue if the last item of the page before was deleted in between: in
   * a list sorted by key, the page then starts at the next key; with `other`, the token is refused.
   * @default 'ascending'
   */
  readonly order?: 'ascending' | 'descending' | 'other';
  /** Returns the service's error for an invalid token. */
  readonly invalidToken: (token: string) => AwsError;
}

export interface Page<Item> {
  readonly items: Item[];
  /** Undefined on the last page. */
  readonly nextToken: string | undefined;
}

/**
 * Returns one page of a list. The token contains the last key of the page, so items that are added or deleted between
 * two requests do not shift the next page.
 * @param key returns the key of an item, which must be unique in the list
 * @throws AwsError that `invalidToken` returns
 */
export function page<Item>(
  list: readonly Item[],
  key: (item: Item) => string,
  options: PageOptions,
): Page<Item> {
  const { limit, token } = options;
  const start = token === undefined ? 0 : startAfter(list, key, token, options);
  const items = list.slice(start, start + limit);
  const last = items.at(-1);
  const isCut = last !== undefined && start + limit < list.length;
  return { items, nextToken: isCut ? pageToken(key(last)) : undefined };
}

/** Returns the token for a page that ends with the given key. */
export function pageToken(key: string): string {
  return Buffer.from(JSON.stringify([key])).toString('base64url');
}

/**
 * Returns the key in a token.
 * @throws AwsError that `invalidToken` returns
 */
export function keyOfToken(token: string, invalidToken: (token: string) => AwsError): string {
  try {
    const content = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown;
    if (Array.isArray(content) && content.length === 1 && typeof content[0] === 'string') return content[0];
  } catch {
    // The token is not JSON, so it is refused below.
  }
  throw invalidToken(token);
}

function startAfter<Item>(
  list: readonly Item[],
  key: (item: Item) => string,
  token: string,
  { order = 'ascending', invalidToken }: PageOptions,
): number {
  const last = keyOfToken(token, invalidToken);
  const position = list.findIndex((item) => key(item) === last);
  if (position !== -1) return position + 1;
  if (order === 'other') throw invalidToken(token);
  const next = list.findIndex((item) => (order === 'ascending' ? key(item) > last : key(item) < last));
  return next === -1 ? list.length : next;
}
