import { crc32 } from 'node:zlib';

/**
 * First character of a value with a checksum. No JSON text starts with it, so values of earlier versions, which have
 * no checksum, are recognized.
 */
const MARK = '~';
const CHECKSUM_LENGTH = MARK.length + 8;

/** Returns a value as text that starts with a checksum over key and value. */
export function encodeValue(key: string, value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new TypeError(`The value of ${key} cannot be stored: it is not JSON.`);
  return `${checksumOf(key, json)}${json}`;
}

/**
 * Parses a text that {@link encodeValue} returned. A value of an earlier version has no checksum.
 * @throws Error when the checksum does not match
 */
export function decodeValue(key: string, stored: string): unknown {
  if (!stored.startsWith(MARK)) return JSON.parse(stored);
  const json = stored.slice(CHECKSUM_LENGTH);
  if (stored.slice(0, CHECKSUM_LENGTH) === checksumOf(key, json)) return JSON.parse(json);
  throw new Error(`the checksum of ${key} does not match`);
}

/** Returns the checksum at the beginning of a stored value, which is compared instead of the whole value. */
export function checksumPart(stored: string): string {
  return stored.slice(0, CHECKSUM_LENGTH);
}

function checksumOf(key: string, json: string): string {
  return `${MARK}${crc32(json, crc32(key)).toString(16).padStart(8, '0')}`;
}
