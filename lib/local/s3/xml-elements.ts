import { encodeUriPath } from '../server/signature/percent-encoding.js';
import type { XmlValue } from '../wire/xml.js';
import type { Checksum } from './checksum.js';
import type { S3Call } from './s3-call.js';

/**
 * Returns the elements for a checksum: `<ChecksumCRC32>`, or that of another algorithm, and `<ChecksumType>`.
 */
export function checksumElements(checksum: Checksum | undefined): Record<string, XmlValue> {
  if (checksum === undefined) return {};
  return { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type };
}

/**
 * Returns the function that encodes keys for a response. XML cannot contain some characters of keys, so a request can
 * ask for URL encoding.
 */
export function keyEncoder(call: S3Call): (key: string) => string {
  return call.query.get('encoding-type') === 'url' ? encodeUriPath : (key) => key;
}
