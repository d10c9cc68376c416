import type { ObjectRecord } from './object-record.js';
import type { S3Store } from './s3-store.js';

export interface ListQuery {
  readonly bucket: string;
  readonly prefix: string;
  /** Groups keys up to this text into common prefixes. Empty for no grouping. */
  readonly delimiter: string;
  /** The page starts after this key or common prefix. Empty for the first page. */
  readonly after: string;
  readonly limit: number;
}

export interface ListPage {
  readonly objects: readonly ObjectRecord[];
  readonly commonPrefixes: readonly string[];
  /**
   * Key or common prefix at the end of the page, after which the next page starts; undefined on the last page.
   */
  readonly last?: string;
}

/**
 * Appended to a common prefix to skip its keys: the result sorts after all keys that start with the prefix.
 */
const LAST_CHARACTER = '\u{10ffff}';

/**
 * Returns a page of a bucket's keys in order. Reads only the keys of the page, and one key of each common prefix.
 */
export async function listKeys(store: S3Store, query: ListQuery): Promise<ListPage> {
  const objects: ObjectRecord[] = [];
  const commonPrefixes: string[] = [];
  let last = query.after;
  for await (const found of foundInOrder(store, query)) {
    if (objects.length + commonPrefixes.length >= query.limit) {
      return { objects, commonPrefixes, last };
    }
    if (typeof found === 'string') commonPrefixes.push(found);
    else objects.push(found);
    last = typeof found === 'string' ? found : found.key;
  }
  return { objects, commonPrefixes };
}

async function* foundInOrder(store: S3Store, query: ListQuery): AsyncGenerator<ObjectRecord | string> {
  const { bucket, prefix, delimiter, after } = query;
  let passed = commonPrefixOf(after, prefix, delimiter) === after ? after : undefined;
  let from = passed === undefined ? after : passed + LAST_CHARACTER;
  for (;;) {
    let jumped = false;
    for await (const [, record] of store.objects.entries(`${bucket}/${prefix}`, `${bucket}/${from}`)) {
      const { key } = record;
      if (key === after || (passed !== undefined && key.startsWith(passed))) continue;
      const common = commonPrefixOf(key, prefix, delimiter);
      yield common ?? record;
      if (common === undefined) continue;
      passed = common;
      from = common + LAST_CHARACTER;
      jumped = true;
      break;
    }
    if (!jumped) return;
  }
}

function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '' || !key.startsWith(prefix)) return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}
