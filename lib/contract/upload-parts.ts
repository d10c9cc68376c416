import { createHash } from 'node:crypto';

import { isComposite, type LayerReference } from './bundle-reference.js';
import { UPLOAD_PARTS_MAX } from './limits.js';

/** Smallest size of the parts in which a layer is uploaded. */
export const PART_BYTES = 64 * 1024 ** 2;

/** One part of a multipart upload. */
export interface UploadPart {
  /** Number of the part, from 1. */
  readonly number: number;
  readonly start: number;
  /** Offset of the first byte after the part. */
  readonly end: number;
}

/** Divides an object into the parts of an upload. The checksum of the object depends on the sizes of the parts. */
export function partsOf(sizeBytes: number, smallestBytes = PART_BYTES): UploadPart[] {
  const partBytes = Math.max(smallestBytes, Math.ceil(sizeBytes / UPLOAD_PARTS_MAX));
  return Array.from({ length: Math.ceil(sizeBytes / partBytes) }, (_, index) => ({
    number: index + 1,
    start: index * partBytes,
    end: Math.min(sizeBytes, (index + 1) * partBytes),
  }));
}

/**
 * Computes the checksum that S3 reports for an object in parts.
 * @param checksums checksums of the parts, in base64
 */
export function compositeChecksum(checksums: readonly string[]): string {
  const hash = createHash('sha256');
  for (const checksum of checksums) hash.update(Buffer.from(checksum, 'base64'));
  return `${hash.digest('base64')}-${checksums.length}`;
}

/**
 * Returns the checksum of a copy that `prepare-run` makes of an object. An object in parts keeps its checksum; the copy
 * of a whole object has the checksum of one part.
 */
export function checksumOfCopy(checksumSha256: string): string {
  return isComposite(checksumSha256) ? checksumSha256 : compositeChecksum([checksumSha256]);
}

/** Returns whether an object has the content of a layer, according to its size and checksum. */
export function isContentOf(
  { checksumSha256, sizeBytes }: LayerReference,
  found: { readonly checksumSha256: string | undefined; readonly sizeBytes: number },
): boolean {
  const checksums: (string | undefined)[] = [checksumSha256, checksumOfCopy(checksumSha256)];
  return found.sizeBytes === sizeBytes && checksums.includes(found.checksumSha256);
}
