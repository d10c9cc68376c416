import { ByteCursor } from './byte-cursor.js';

/** The files of a database, according to its manifest. */
export interface ManifestState {
  /** Number of the oldest log that LevelDB still needs. */
  logNumber: number;
  /** Sequence number of the last change that is stored in tables. Later changes are in the logs. */
  lastSequence: number;
  /** Sizes of the tables by number. */
  readonly tables: Map<number, number>;
}

/** Fields that LevelDB needs: the log number, the next file number and the last sequence number. */
const NEEDED_TAGS = [2, 3, 4];

/**
 * Reads the records of a manifest.
 * @throws Error when a record is not valid, or the end is missing
 * @see https://github.com/google/leveldb/blob/main/db/version_edit.cc
 */
export function readManifest(records: readonly Buffer[]): ManifestState {
  const state: ManifestState = { logNumber: 0, lastSequence: 0, tables: new Map() };
  const tags = new Set<number>();
  for (const record of records) applyEdit(state, new ByteCursor(record), tags);
  if (!NEEDED_TAGS.every((tag) => tags.has(tag))) throw new Error('the end is missing');
  return state;
}

function applyEdit(state: ManifestState, cursor: ByteCursor, tags: Set<number>): void {
  while (!cursor.isAtEnd) {
    const tag = cursor.varint();
    tags.add(tag);
    switch (tag) {
      case 1: // comparator's name
        cursor.counted();
        break;
      case 2:
        state.logNumber = cursor.varint();
        break;
      case 4:
        state.lastSequence = cursor.varint();
        break;
      case 3: // next file number
      case 9: // number of the previous log
        cursor.varint();
        break;
      case 5: // key at which the next compaction of a level begins
        cursor.varint();
        cursor.counted();
        break;
      case 6:
        cursor.varint();
        state.tables.delete(cursor.varint());
        break;
      case 7:
        cursor.varint();
        state.tables.set(cursor.varint(), cursor.varint());
        cursor.counted();
        cursor.counted();
        break;
      default:
        throw new Error(`a record has the unknown member ${tag}`);
    }
  }
}
