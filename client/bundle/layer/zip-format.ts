/** Sizes from which a zip needs the zip64 format. Tests lower them. */
export interface ZipLimits {
  readonly entries: number;
  readonly bytes: number;
}

/** @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT section 4.4 */
export const ZIP_LIMITS: ZipLimits = { entries: 0xffff, bytes: 0xffffffff };

export const STORED = 0;
export const DEFLATED = 8;

/** A file of a zip whose compressed data is known. */
export interface ZipEntry {
  readonly path: string;
  readonly method: typeof STORED | typeof DEFLATED;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly sizeBytes: number;
}

/** A file of a zip whose position is known too. */
export interface PlacedEntry extends ZipEntry {
  /** Permission bits. */
  readonly mode: number;
  /** Offset of its local header. */
  readonly offset: number;
  /** Whether a data descriptor with sizes and checksum follows the data. */
  readonly hasDescriptor: boolean;
}

export const UTF8_FLAG = 0x0800;
export const DESCRIPTOR_FLAG = 0x0008;
const ZIP64_FIELD = 0x0001;
export const VERSION = 20;
export const ZIP64_VERSION = 45;
/** 1 January 1980, the earliest date that a zip can hold. */
export const FIXED_DATE = 0x0021;
export const MAX_32 = 0xffffffff;

/** Returns whether sizes do not fit into the 32-bit fields. */
export function needsZip64(limits: ZipLimits, ...sizes: readonly number[]): boolean {
  return Math.max(...sizes) >= limits.bytes;
}

/** Returns the local header of a file. */
export function localHeader(data: Omit<ZipEntry, 'path'>, path: string, limits: ZipLimits): Buffer {
  const { method, crc32, compressedBytes, sizeBytes } = data;
  const isZip64 = needsZip64(limits, compressedBytes, sizeBytes);
  return header({
    path,
    flags: UTF8_FLAG,
    method,
    crc32,
    sizes: isZip64 ? undefined : [compressedBytes, sizeBytes],
    extra: isZip64 ? zip64Field([sizeBytes, compressedBytes]) : Buffer.alloc(0),
  });
}

/** Returns the local header of a deflated file whose sizes follow its data. @param isZip64 whether they have 64 bits */
export function openHeader(path: string, isZip64: boolean): Buffer {
  return header({
    path,
    flags: UTF8_FLAG | DESCRIPTOR_FLAG,
    method: DEFLATED,
    crc32: 0,
    sizes: isZip64 ? undefined : [0, 0],
    extra: isZip64 ? zip64Field([0, 0]) : Buffer.alloc(0),
  });
}

/** Returns the data descriptor, which follows the data of a file with an open header. */
export function dataDescriptor(entry: Omit<ZipEntry, 'path' | 'method'>, isZip64: boolean): Buffer {
  const bytes = Buffer.alloc(isZip64 ? 24 : 16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(entry.crc32, 4);
  if (isZip64) {
    bytes.writeBigUInt64LE(BigInt(entry.compressedBytes), 8);
    bytes.writeBigUInt64LE(BigInt(entry.sizeBytes), 16);
  } else {
    bytes.writeUInt32LE(entry.compressedBytes, 8);
    bytes.writeUInt32LE(entry.sizeBytes, 12);
  }
  return bytes;
}

interface HeaderFields {
  readonly path: string;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  /** Compressed and uncompressed size; undefined if the zip64 field has them. */
  readonly sizes: readonly [number, number] | undefined;
  readonly extra: Buffer;
}

function header({ path, flags, method, crc32, sizes, extra }: HeaderFields): Buffer {
  const nameBytes = Buffer.byteLength(path);
  const bytes = Buffer.alloc(30 + nameBytes + extra.length);
  bytes.writeUInt32LE(0x04034b50, 0);
  bytes.writeUInt16LE(sizes === undefined ? ZIP64_VERSION : VERSION, 4);
  bytes.writeUInt16LE(flags, 6);
  bytes.writeUInt16LE(method, 8);
  bytes.writeUInt16LE(FIXED_DATE, 12);
  bytes.writeUInt32LE(crc32, 14);
  bytes.writeUInt32LE(sizes?.[0] ?? MAX_32, 18);
  bytes.writeUInt32LE(sizes?.[1] ?? MAX_32, 22);
  bytes.writeUInt16LE(nameBytes, 26);
  bytes.writeUInt16LE(extra.length, 28);
  bytes.write(path, 30);
  extra.copy(bytes, 30 + nameBytes);
  return bytes;
}

/** Returns the zip64 field, with sizes and offsets of 64 bits. */
export function zip64Field(sizes: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 8 * sizes.length);
  bytes.writeUInt16LE(ZIP64_FIELD, 0);
  bytes.writeUInt16LE(8 * sizes.length, 2);
  sizes.forEach((size, index) => bytes.writeBigUInt64LE(BigInt(size), 4 + 8 * index));
  return bytes;
}
