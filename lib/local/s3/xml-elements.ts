import { encodeUriPath } from '../server/signature/percent-encoding.js';
import type { XmlValue } from '../wire/xml.js';
import type { Checksum } from './checksum.js';
import type { S3Call } from './s3-call.js';

/** Returns the element of a checksum, such as `<ChecksumCRC32>`, and that of its type. */
export function checksumElements(checksum: Checksum | undefined): Record<string, XmlValue> {
  if (checksum === undefined) return {};
  return { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type };
}

/**
 * Returns the function that encodes keys as the request wants it. Without encoding, XML cannot contain some characters
 * of keys.
 */
export function keyEncoder(call: S3Call): (key: string) => string {
  return call.query.get('encoding-type') === 'url' ? encodeUriPath : (key) => key;
}
