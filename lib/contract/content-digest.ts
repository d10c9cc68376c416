import { createHash } from 'node:crypto';

import { z } from 'zod';

/** A SHA-256 in lower-case hexadecimal. */
export const sha256Schema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'a SHA-256 must have 64 lower-case hexadecimal digits');

/**
 * The SHA-256 and the size of an object. A message has them beside the object's key, so that its receiver can refuse an
 * object with other content.
 */
export const contentDigestSchema = z.object({
  /** SHA-256 of the content, in lower-case hexadecimal. */
  sha256: sha256Schema,
  /** Size of the content. */
  sizeBytes: z.int().nonnegative(),
});
export type ContentDigest = z.infer<typeof contentDigestSchema>;

/** Computes the digest of content. */
export function contentDigest(content: Uint8Array): ContentDigest {
  return { sha256: createHash('sha256').update(content).digest('hex'), sizeBytes: content.byteLength };
}

/** Returns whether two digests are equal. */
export function isSameContent(one: ContentDigest, other: ContentDigest): boolean {
  return one.sha256 === other.sha256 && one.sizeBytes === other.sizeBytes;
}

/**
 * Parses the digest that a build exports as {@link BUILD_VARIABLES.result}: `<sha256>:<size>`.
 * @returns undefined when the text is not a digest, such as an empty one
 */
export function parseResultDigest(text: string | undefined): ContentDigest | undefined {
  const [, sha256 = '', size = ''] = /^([0-9a-f]{64}):(\d{1,15})$/.exec(text ?? '') ?? [];
  return sha256 === '' ? undefined : { sha256, sizeBytes: Number(size) };
}
