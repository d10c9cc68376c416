import { ByteCursor } from './byte-cursor.js';
import type { Version } from './table-file.js';

/**
 * Reads the changes in a record of a log.
 * @throws Error when the record is not valid
 */
export function readWriteBatch(record: Buffer): Version[] {
  const cursor = new ByteCursor(record);
  const first = cursor.unsigned64();
  const count = cursor.littleEndian(4);
  const versions: Version[] = [];
  while (!cursor.isAtEnd) {
    const isValue = cursor.byte() === 1;
    const key = cursor.counted().toString();
    const value = isValue ? cursor.counted().toString() : undefined;
    versions.push({ key, sequence: first + BigInt(versions.length), value });
  }
  if (versions.length !== count) throw new Error('the number of changes in a record is wrong');
  return versions;
}
