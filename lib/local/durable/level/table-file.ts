import { ByteCursor } from './byte-cursor.js';
import type { Damage } from './log-file.js';
import { isChecksumRight } from './masked-checksum.js';
import { uncompressSnappy } from './snappy.js';

const FOOTER_BYTES = 48;
const MAGIC = 0xdb4775248b80fb57n;
/** Size of the compression type and the checksum that follow each block. */
const TRAILER_BYTES = 5;

/**
 * A version of a key's value, or a deletion of the key. The version with the highest sequence number is the current
 * one.
 */
export interface Version {
  readonly key: string;
  readonly sequence: bigint;
  /** Undefined for a deletion. */
  readonly value: string | undefined;
}

export interface TableContent {
  readonly versions: readonly Version[];
  readonly damage: readonly Damage[];
}

interface Handle {
  readonly offset: number;
  readonly sizeBytes: number;
}

/**
 * Reads a table file of LevelDB. Skips blocks whose checksum does not match.
 * @see https://github.com/google/leveldb/blob/main/doc/table_format.md
 */
export function readTableFile(file: Buffer): TableContent {
  const damage: Damage[] = [];
  const attempt = <T>({ offset, sizeBytes }: Handle, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      damage.push({ offset, lengthBytes: sizeBytes, reason: (error as Error).message });
      return undefined;
    }
  };
  const whole = { offset: 0, sizeBytes: file.length };
  const footer = attempt(whole, () => readFooter(file));
  if (footer === undefined) return { versions: [], damage };
  for (const { value } of attempt(footer.meta, () => entriesOf(file, footer.meta)) ?? []) {
    const filter = readHandle(new ByteCursor(value));
    attempt(filter, () => readBlock(file, filter));
  }
  const versions: Version[] = [];
  for (const { value } of attempt(footer.index, () => entriesOf(file, footer.index)) ?? []) {
    const handle = readHandle(new ByteCursor(value));
    versions.push(...(attempt(handle, () => entriesOf(file, handle).map(versionOf)) ?? []));
  }
  return { versions, damage };
}

function readFooter(file: Buffer): { meta: Handle; index: Handle } {
  if (file.length < FOOTER_BYTES || file.readBigUInt64LE(file.length - 8) !== MAGIC) {
    throw new Error('the end of the table is missing');
  }
  const cursor = new ByteCursor(file, file.length - FOOTER_BYTES);
  return { meta: readHandle(cursor), index: readHandle(cursor) };
}

function readHandle(cursor: ByteCursor): Handle {
  return { offset: cursor.varint(), sizeBytes: cursor.varint() };
}

function readBlock(file: Buffer, { offset, sizeBytes }: Handle): Buffer {
  const end = offset + sizeBytes;
  if (end + TRAILER_BYTES > file.length) throw new Error('a block is longer than the file');
  if (!isChecksumRight(file.readUInt32LE(end + 1), file.subarray(offset, end + 1))) {
    throw new Error('the checksum of a block does not match');
  }
  const block = file.subarray(offset, end);
  return file.readUInt8(end) === 1 ? uncompressSnappy(block) : block;
}

interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
}

/**
 * Reads the entries of a block. Each entry stores only the characters of its key that differ from the key before.
 */
function entriesOf(file: Buffer, handle: Handle): Entry[] {
  const block = readBlock(file, handle);
  const restarts = block.readUInt32LE(block.length - 4);
  const cursor = new ByteCursor(block.subarray(0, block.length - 4 * (restarts + 1)));
  const entries: Entry[] = [];
  let last: Buffer = Buffer.alloc(0);
  while (!cursor.isAtEnd) {
    const shared = cursor.varint();
    const own = cursor.varint();
    const valueBytes = cursor.varint();
    last = Buffer.concat([last.subarray(0, shared), cursor.bytes(own)]);
    entries.push({ key: last, value: cursor.bytes(valueBytes) });
  }
  return entries;
}

function versionOf({ key, value }: Entry): Version {
  const tag = key.readBigUInt64LE(key.length - 8);
  const isValue = (tag & 255n) === 1n;
  return {
    key: key.toString('utf8', 0, key.length - 8),
    sequence: tag >> 8n,
    value: isValue ? value.toString() : undefined,
  };
}
