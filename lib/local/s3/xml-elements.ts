import { encodeUriPath } from '../server/signature/percent-encoding.js';
import type { XmlValue } from '../wire/xml.js';
import type { Checksum } from './checksum.js';
import type { S3Call } from './s3-call.js';

/** `<ChecksumCRC32>` and its like, with the type. */
export function checksumElements(checksum: Checksum | undefined): Record<string, XmlValue> {
  if (checksum === undefined) return {};
  return { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type };
}

/** Writes keys as the client asked: XML has no way to write some characters that a key may have. */
export function keyEncoder(call: S3Call): (key: string) => string {
  return call.query.get('encoding-type') === 'url' ? encodeUriPath : (key) => key;
}
