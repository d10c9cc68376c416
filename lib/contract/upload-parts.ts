import { createHash } from 'node:crypto';

import { isComposite, type LayerReference } from './bundle-reference.js';
import { UPLOAD_PARTS_MAX } from './limits.js';

/** Size of the parts of a layer that is uploaded in parts, unless it needs larger ones. */
export const PART_BYTES = 64 * 1024 ** 2;

/** One part of a multipart upload. */
export interface UploadPart {
  /** From 1. */
  readonly number: number;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** Divides an object into the parts of an upload. The checksum of the object depends on them. */
export function partsOf(sizeBytes: number, smallestBytes = PART_BYTES): UploadPart[] {
  const partBytes = Math.max(smallestBytes, Math.ceil(sizeBytes / UPLOAD_PARTS_MAX));
  return Array.from({ length: Math.ceil(sizeBytes / partBytes) }, (_, index) => ({
    number: index + 1,
    start: index * partBytes,
    end: Math.min(sizeBytes, (index + 1) * partBytes),
  }));
}

/** Computes the checksum that S3 reports for an object of parts. @param checksums of the parts, in base64 */
export function compositeChecksum(checksums: readonly string[]): string {
  const hash = createHash('sha256');
  for (const checksum of checksums) hash.update(Buffer.from(checksum, 'base64'));
  return `${hash.digest('base64')}-${checksums.length}`;
}

/**
 * Returns the checksum of a copy of an object that `prepare-run` makes: the same for an object of parts, and that of one
 * part for an object that was stored as a whole.
 */
export function checksumOfCopy(checksumSha256: string): string {
  return isComposite(checksumSha256) ? checksumSha256 : compositeChecksum([checksumSha256]);
}

/** Returns whether an object has the content of a layer, by its size and its checksum. */
export function isContentOf(
  { checksumSha256, sizeBytes }: LayerReference,
  found: { readonly checksumSha256: string | undefined; readonly sizeBytes: number },
): boolean {
  const checksums: (string | undefined)[] = [checksumSha256, checksumOfCopy(checksumSha256)];
  return found.sizeBytes === sizeBytes && checksums.includes(found.checksumSha256);
}
