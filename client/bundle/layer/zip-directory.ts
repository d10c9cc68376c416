import {
  DESCRIPTOR_FLAG,
  FIXED_DATE,
  MAX_32,
  needsZip64,
  UTF8_FLAG,
  VERSION,
  ZIP64_VERSION,
  zip64Field,
  type PlacedEntry,
  type ZipLimits,
} from './zip-format.js';

const MADE_BY_UNIX = 3 << 8;
const REGULAR_FILE = 0o100000;
const MAX_16 = 0xffff;
const RECORD_BYTES = 46;
/** Size of a zip64 field with three numbers. */
const MOST_EXTRA_BYTES = 4 + 3 * 8;

/** Returns the records of files in the directory at the zip's end. */
export function directoryRecords(entries: readonly PlacedEntry[], limits: ZipLimits): Buffer {
  const names = entries.map((entry) => Buffer.byteLength(entry.path));
  const most = names.reduce((sum, nameBytes) => sum + RECORD_BYTES + nameBytes + MOST_EXTRA_BYTES, 0);
  const bytes = Buffer.alloc(most);
  // A DataView is faster than the methods of Buffer, which check each number.
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let at = 0;
  entries.forEach((entry, index) => {
    const nameBytes = names[index] ?? 0;
    const extra = writeRecord(view, at, entry, { nameBytes, limits });
    bytes.write(entry.path, at + RECORD_BYTES);
    at += RECORD_BYTES + nameBytes;
    at += extra?.copy(bytes, at) ?? 0;
  });
  return bytes.subarray(0, at);
}

/** Writes the fixed part of a file's record, and returns the zip64 field with the numbers that do not fit. */
function writeRecord(
  view: DataView,
  at: number,
  entry: PlacedEntry,
  { nameBytes, limits }: { readonly nameBytes: number; readonly limits: ZipLimits },
): Buffer | undefined {
  const { compressedBytes, sizeBytes, offset } = entry;
  const sizesAreLarge = needsZip64(limits, compressedBytes, sizeBytes);
  const offsetIsLarge = needsZip64(limits, offset);
  const large = [...(sizesAreLarge ? [sizeBytes, compressedBytes] : []), ...(offsetIsLarge ? [offset] : [])];
  const extra = large.length === 0 ? undefined : zip64Field(large);
  const version = extra === undefined ? VERSION : ZIP64_VERSION;
  view.setUint32(at, 0x02014b50, true);
  view.setUint16(at + 4, MADE_BY_UNIX | version, true);
  view.setUint16(at + 6, version, true);
  view.setUint16(at + 8, UTF8_FLAG | (entry.hasDescriptor ? DESCRIPTOR_FLAG : 0), true);
  view.setUint16(at + 10, entry.method, true);
  view.setUint16(at + 14, FIXED_DATE, true);
  view.setUint32(at + 16, entry.crc32, true);
  view.setUint32(at + 20, sizesAreLarge ? MAX_32 : compressedBytes, true);
  view.setUint32(at + 24, sizesAreLarge ? MAX_32 : sizeBytes, true);
  view.setUint16(at + 28, nameBytes, true);
  view.setUint16(at + 30, extra?.length ?? 0, true);
  view.setUint32(at + 38, (REGULAR_FILE | entry.mode) << 16, true);
  view.setUint32(at + 42, offsetIsLarge ? MAX_32 : offset, true);
  return extra;
}

/** The directory at a zip's end. */
export interface ZipDirectory {
  readonly entries: number;
  readonly sizeBytes: number;
  readonly offset: number;
}

/** Returns the end of central directory record of a zip. If zip64 is needed, its two records come first. */
export function endOfZip(directory: ZipDirectory, limits: ZipLimits): Buffer {
  const { entries, sizeBytes, offset } = directory;
  const isZip64 = entries >= limits.entries || needsZip64(limits, sizeBytes, offset);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(isZip64 ? MAX_16 : entries, 8);
  end.writeUInt16LE(isZip64 ? MAX_16 : entries, 10);
  end.writeUInt32LE(isZip64 ? MAX_32 : sizeBytes, 12);
  end.writeUInt32LE(isZip64 ? MAX_32 : offset, 16);
  return isZip64 ? Buffer.concat([zip64End(directory), end]) : end;
}

function zip64End({ entries, sizeBytes, offset }: ZipDirectory): Buffer {
  const bytes = Buffer.alloc(56 + 20);
  bytes.writeUInt32LE(0x06064b50, 0);
  bytes.writeBigUInt64LE(44n, 4);
  bytes.writeUInt16LE(MADE_BY_UNIX | ZIP64_VERSION, 12);
  bytes.writeUInt16LE(ZIP64_VERSION, 14);
  bytes.writeBigUInt64LE(BigInt(entries), 24);
  bytes.writeBigUInt64LE(BigInt(entries), 32);
  bytes.writeBigUInt64LE(BigInt(sizeBytes), 40);
  bytes.writeBigUInt64LE(BigInt(offset), 48);
  bytes.writeUInt32LE(0x07064b50, 56);
  bytes.writeBigUInt64LE(BigInt(offset + sizeBytes), 64);
  bytes.writeUInt32LE(1, 72);
  return bytes;
}
