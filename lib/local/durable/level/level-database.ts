import { dirname } from 'node:path';

import { ClassicLevel } from 'classic-level';

import { causeOf, LocalAwsError } from '../../local-aws-error.js';
import { damaged, notWritable } from '../damage.js';
import { AcknowledgedFile } from './acknowledged-file.js';
import { checkDatabase, lastSequenceIn, missingChanges } from './check-database.js';
import { breakSeal, seal } from './seal.js';
import { decodeValue, encodeValue, checksumPart } from './stored-value.js';
import { reserveSpace, trimTornLogs } from './after-a-failed-write.js';

/** A change with its value as it is stored. */
type EncodedChange = { type: 'put'; key: string; value: string } | { type: 'del'; key: string };

/** Puts a JSON value, or deletes a key. */
export type LevelChange = { readonly put: string; readonly value: unknown } | { readonly delete: string };

/** Bounds of keys in the order of their UTF-8 bytes. */
export interface KeyRange {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly reverse?: boolean;
  readonly limit?: number;
}

export interface LevelOptions {
  /** Receives a message when writes start to fail, and when they succeed again. @default nothing is reported */
  readonly report?: (problem: string, cause?: unknown) => void;
  /** Called when writes succeed again after some have failed. */
  readonly onRecovered?: () => void;
  /** Reads the database before anything is written. If it rejects, the database is closed unchanged. */
  readonly check?: (level: LevelDatabase) => Promise<void>;
}

interface Waiting {
  readonly changes: readonly EncodedChange[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Maximum size of a write that combines several changes. A larger change is written alone. */
const GROUP_MAX_CHARACTERS = 1_000_000;
/** Number of the latest acknowledged writes that are compared after the database was opened again. */
const CHECKED_WRITES = 1_000;
/** Pause between two attempts to recover. */
const RETRY_MS = 100;

/**
 * A LevelDB database that acknowledges a write only if the write survives `kill -9`, even on a full disk.
 * If LevelDB can write only a part of a record, it appends later records after this part, and drops them when it
 * opens the log again. Therefore only one write runs at a time, which contains all waiting changes. After a failed
 * write, no other write runs until the database was closed and opened again, which starts a new log. Reads are
 * possible meanwhile.
 * @see https://github.com/google/leveldb/issues/1180
 */
export class LevelDatabase {
  readonly #folder: string;
  readonly #options: LevelOptions;
  #level: ClassicLevel;
  #waiting: Waiting[] = [];
  #draining: Promise<void> | undefined;
  #recovering: Promise<void> | undefined;
  /** Settles when the attempt to open the database again has succeeded or failed. */
  #reopening: Promise<void> | undefined;
  #fault: { readonly error: LocalAwsError; retryAtMs: number } | undefined;
  readonly #acknowledged = new Map<string, string | undefined>();
  #acknowledgedFile: AcknowledgedFile | undefined;
  /** Sequence number of the last change. LevelDB numbers all changes. */
  #lastSequence = 0;

  /**
   * Opens a database.
   * @param folder is created if missing
   * @throws LocalAwsError `DataFolderDamaged` naming the file; Error `LEVEL_LOCKED` when another process has it open
   */
  static async open(folder: string, options: LevelOptions = {}): Promise<LevelDatabase> {
    await checkDatabase(folder);
    await breakSeal(folder);
    const database = new LevelDatabase(folder, await openLevel(folder), options);
    try {
      await options.check?.(database);
      await database.#followAcknowledged();
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  }

  private constructor(folder: string, level: ClassicLevel, options: LevelOptions) {
    this.#folder = folder;
    this.#level = level;
    this.#options = options;
  }

  async get(key: string): Promise<unknown> {
    const level = await this.#readable();
    try {
      // Uses a synchronous call, which takes microseconds if the file is in the system's cache, and a tenth of the
      // time of an asynchronous call. The key is a buffer, because classic-level 3.0.0 truncates a text key with
      // multi-byte characters that does not fit into its buffer.
      const stored = level.getSync<Buffer, string>(Buffer.from(key), { keyEncoding: 'buffer' });
      return stored === undefined ? undefined : decodeValue(key, stored);
    } catch (cause) {
      if (this.#wasReopened(level)) return this.get(key);
      throw this.#unreadable(cause);
    }
  }

  /** Returns the entries of a range. Continues after the last entry if the database is opened again meanwhile. */
  async *entries(range: KeyRange = {}): AsyncGenerator<[key: string, value: unknown]> {
    for await (const [key, stored] of this.#stored(range, true)) {
      let value: unknown;
      try {
        value = decodeValue(key, stored);
      } catch (cause) {
        throw this.#unreadable(cause);
      }
      yield [key, value];
    }
  }

  async *keys(range: KeyRange = {}): AsyncGenerator<string> {
    for await (const [key] of this.#stored(range, false)) yield key;
  }

  /**
   * Writes all changes or none.
   * @throws LocalAwsError `DataFolderNotWritable`. Whether the changes were made is then unknown until the next start.
   */
  async write(changes: readonly LevelChange[]): Promise<void> {
    if (changes.length === 0) return;
    const encoded = changes.map(encodeChange);
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ changes: encoded, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  /**
   * Closes the database after all waiting writes. Then writes a seal: a file with the checksums of all its files
   * (`seal.ts`).
   */
  async close(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining;
    await this.#recovering?.catch(() => undefined);
    await this.#level.close();
    this.#acknowledgedFile?.close();
    this.#acknowledgedFile = undefined;
    // Without a seal, the next start checks the files one by one.
    if (this.#fault === undefined) await seal(this.#folder).catch(() => breakSeal(this.#folder));
  }

  async *#stored(range: KeyRange, values: boolean): AsyncGenerator<[key: string, stored: string]> {
    for (let rest = range, left = range.limit ?? Infinity; ;) {
      const level = await this.#readable();
      try {
        for await (const [key, stored] of level.iterator({ ...rest, limit: left, values })) {
          rest = behind(rest, key);
          left -= 1;
          yield [key, stored];
        }
        return;
      } catch (cause) {
        if (!this.#wasReopened(level)) throw this.#unreadable(cause);
      }
    }
  }

  async #drain(): Promise<void> {
    // Waits until the event loop has handled other callbacks, so that changes that they request are written together.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      try {
        await this.#commit(group.flatMap(({ changes }) => changes));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#draining = undefined;
  }

  #takeGroup(): Waiting[] {
    let characters = 0;
    const end = this.#waiting.findIndex(({ changes }, number) => {
      for (const change of changes) {
        characters += change.key.length + (change.type === 'put' ? change.value.length : 0);
      }
      return number > 0 && characters > GROUP_MAX_CHARACTERS;
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }

  async #commit(changes: EncodedChange[]): Promise<void> {
    if (this.#fault !== undefined) await this.#recover();
    try {
      await this.#level.batch(changes);
      this.#acknowledgedFile?.record(this.#lastSequence + changes.length);
      this.#lastSequence += changes.length;
    } catch (cause) {
      throw await this.#failed(cause, changes);
    }
    for (const change of changes) {
      this.#acknowledged.delete(change.key);
      this.#acknowledged.set(change.key, change.type === 'put' ? checksumPart(change.value) : undefined);
    }
    for (const key of this.#acknowledged.keys()) {
      if (this.#acknowledged.size <= CHECKED_WRITES) break;
      this.#acknowledged.delete(key);
    }
  }

  async #failed(cause: unknown, changes: readonly EncodedChange[]): Promise<LocalAwsError> {
    // The log may or may not contain these changes, so they are not compared later.
    for (const { key } of changes) this.#acknowledged.delete(key);
    const error = notWritable(this.#folder, cause);
    const isNew = this.#fault === undefined;
    this.#fault = { error, retryAtMs: Date.now() + RETRY_MS };
    await trimTornLogs(this.#folder).catch(() => undefined);
    if (isNew) this.#options.report?.(error.message, cause);
    return error;
  }

  /** Opens the database again, with a new log, if the disk has space for it. */
  #recover(): Promise<void> {
    this.#recovering ??= this.#tryToRecover().finally(() => (this.#recovering = undefined));
    return this.#recovering;
  }

  async #tryToRecover(): Promise<void> {
    const fault = this.#fault;
    if (fault === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, fault.retryAtMs - Date.now()));
    try {
      await reserveSpace(this.#folder);
      this.#reopening = this.#reopen().finally(() => (this.#reopening = undefined));
      await this.#reopening;
      await this.#checkAcknowledged();
    } catch (cause) {
      fault.retryAtMs = Date.now() + RETRY_MS;
      throw cause instanceof LocalAwsError ? cause : notWritable(this.#folder, cause);
    }
    this.#fault = undefined;
    this.#options.report?.(`The local AWS can write to ${this.#folder} again.`);
    this.#options.onRecovered?.();
  }

  async #reopen(): Promise<void> {
    await this.#level.close();
    // Trims the log again, because closing the database can write buffered data.
    await trimTornLogs(this.#folder);
    this.#level = await openLevel(this.#folder);
  }

  async #followAcknowledged(): Promise<void> {
    this.#lastSequence = await lastSequenceIn(this.#folder);
    this.#acknowledgedFile = await AcknowledgedFile.open(this.#folder, this.#lastSequence);
  }

  async #checkAcknowledged(): Promise<void> {
    const missing = this.#lastSequence - (await lastSequenceIn(this.#folder));
    if (missing > 0) throw damaged(dirname(this.#folder), this.#folder, missingChanges(missing));
    this.#lastSequence -= missing;
    for (const [key, expected] of this.#acknowledged) {
      const stored = await this.#level.get(key);
      if ((stored === undefined ? undefined : checksumPart(stored)) === expected) continue;
      throw damaged(dirname(this.#folder), this.#folder, `the acknowledged write of ${key} is missing`);
    }
  }

  /** Returns the open database. Opens it if an earlier attempt failed. */
  async #readable(): Promise<ClassicLevel> {
    await this.#reopening?.catch(() => undefined);
    if (this.#level.status !== 'open' && this.#fault !== undefined) await this.#recover();
    return this.#level;
  }

  /** Returns whether a read failed only because the database was closed to be opened again. */
  #wasReopened(level: ClassicLevel): boolean {
    return this.#level !== level || this.#reopening !== undefined;
  }

  #unreadable(cause: unknown): unknown {
    if (cause instanceof LocalAwsError || this.#level.status !== 'open') return cause;
    return damaged(dirname(this.#folder), this.#folder, causeOf(cause), cause);
  }
}

async function openLevel(folder: string): Promise<ClassicLevel> {
  const level = new ClassicLevel(folder);
  await level.open();
  return level;
}

function encodeChange(change: LevelChange): EncodedChange {
  if ('delete' in change) return { type: 'del', key: change.delete };
  return { type: 'put', key: change.put, value: encodeValue(change.put, change.value) };
}

/** Returns the part of a range that follows a key. */
function behind(range: KeyRange, key: string): KeyRange {
  const { gt, gte, lt, lte, reverse = false } = range;
  return reverse
    ? { ...definedBounds({ gt, gte }), lt: key, reverse }
    : { ...definedBounds({ lt, lte }), gt: key };
}

function definedBounds(bounds: Readonly<Record<string, string | undefined>>): KeyRange {
  return Object.fromEntries(Object.entries(bounds).filter(([, bound]) => bound !== undefined));
}
