import { CodeseederError } from './codeseeder-error.js';
import { type ContentDigest, contentDigest, isSameContent } from './content-digest.js';
import { definedOnly } from './defined-only.js';
import { type InvocationHead, parseInvocationHead } from './invocation.js';

/** An invocation in the bucket, and the digest that it must have. A request may name the key alone. */
export interface NamedInput {
  readonly key: string;
  readonly sha256?: string | undefined;
  readonly sizeBytes?: number | undefined;
}

/** An invocation that was read, with the bytes and the digest of its JSON. */
export interface ReadInvocation {
  readonly invocation: InvocationHead;
  readonly content: Uint8Array;
  readonly digest: ContentDigest;
}

/**
 * Checks that the content of an invocation is the one that the request names. Its arguments are checked, but not built.
 * @throws CodeseederError `InputChanged`, or `InvalidRequest` when it breaks the contract
 */
export function checkInvocation(
  content: Uint8Array,
  { sha256, sizeBytes }: NamedInput,
  location: string,
): ReadInvocation {
  const digest = contentDigest(content);
  if (!isSameContent(digest, { ...digest, ...definedOnly({ sha256, sizeBytes }) })) {
    const size = sizeBytes === undefined ? '' : ` of ${sizeBytes} bytes`;
    throw new CodeseederError(
      'InputChanged',
      `The invocation ${location} has ${digest.sizeBytes} bytes with the SHA-256 ${digest.sha256}; the request names a content${size} with the SHA-256 ${sha256}. It was replaced after the request was made: check which principals can write to it, and submit again with another run id.`,
    );
  }
  return { invocation: parseInvocationHead(content, `invocation ${location}`), content, digest };
}
