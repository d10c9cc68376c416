import type { LevelDatabase } from '../durable/level/level-database.js';

/** Start of the keys of index entries, as dynalite makes them: `index-global~<table>~<index>~<key>`. */
export const INDEX_ENTRIES = 'index-';
/** Names of tables and indexes have no `~`. */
const ENTRY_KEY = /^index-(?:global|local)~([^~]*)~([^~]*)~/;
/** Follows a prefix, so that the result sorts after all keys with this prefix. */
const LAST_CHARACTER = '\u{10ffff}';
const BATCH = 1000;

/** Deletes the entries of a global index. */
export function deleteEntries(level: LevelDatabase, table: string, index: string): Promise<void> {
  return deletePrefix(level, `${INDEX_ENTRIES}global~${table}~${index}~`);
}

/**
 * Deletes the entries of indexes that do not exist. A kill between the deletion of an index, or of its table, and that
 * of the entries leaves them, and a later index of the same name would return them.
 */
export async function deleteOrphanedEntries(
  level: LevelDatabase,
  hasIndex: (table: string, index: string) => Promise<boolean>,
): Promise<void> {
  for (let from = INDEX_ENTRIES; ;) {
    const key = await firstKey(level, from);
    const [prefix, table = '', index = ''] = ENTRY_KEY.exec(key ?? '') ?? [];
    if (prefix === undefined) return;
    if (!(await hasIndex(table, index))) await deletePrefix(level, prefix);
    from = prefix + LAST_CHARACTER;
  }
}

async function firstKey(level: LevelDatabase, from: string): Promise<string | undefined> {
  for await (const key of level.keys({ gte: from, limit: 1 })) return key;
  return undefined;
}

async function deletePrefix(level: LevelDatabase, prefix: string): Promise<void> {
  let keys: string[] = [];
  for await (const key of level.keys({ gte: prefix, lt: prefix + LAST_CHARACTER })) {
    keys.push(key);
    if (keys.length < BATCH) continue;
    await level.write(keys.map((each) => ({ delete: each })));
    keys = [];
  }
  await level.write(keys.map((each) => ({ delete: each })));
}
