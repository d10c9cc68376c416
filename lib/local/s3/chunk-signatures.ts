import { timingSafeEqual } from 'node:crypto';

import { hmac, sha256Hex } from '../server/signature/signing-key.js';
import { AwsError } from '../wire/aws-error.js';
import type { RequestSignature } from '../wire/wire-service.js';

/**
 * Checks the signatures of a signed `aws-chunked` body. The signature of each chunk covers that of the chunk before.
 */
export class ChunkSignatures {
  readonly #request: RequestSignature;
  readonly #withTrailer: boolean;
  #previous: string;

  constructor(request: RequestSignature, withTrailer: boolean) {
    this.#request = request;
    this.#withTrailer = withTrailer;
    this.#previous = request.signature;
  }

  /** Checks the signature of the next chunk. @throws AwsError `SignatureDoesNotMatch` */
  checkChunk(sha256: string, signature: string | undefined): void {
    this.#check('AWS4-HMAC-SHA256-PAYLOAD', [sha256Hex(''), sha256], signature);
  }

  /** Checks the signature of the trailers, if they are signed. @throws AwsError `SignatureDoesNotMatch` */
  checkTrailers(trailers: ReadonlyMap<string, string>): void {
    if (!this.#withTrailer) return;
    const content = [...trailers]
      .filter(([name]) => name !== 'x-amz-trailer-signature')
      .map(([name, value]) => `${name}:${value}\n`)
      .join('');
    const signature = trailers.get('x-amz-trailer-signature');
    this.#check('AWS4-HMAC-SHA256-TRAILER', [sha256Hex(content)], signature);
  }

  #check(algorithm: string, parts: readonly string[], signature: string | undefined): void {
    const { timestamp, scope, signingKey } = this.#request;
    const toSign = [algorithm, timestamp, scope, this.#previous, ...parts].join('\n');
    const expected = hmac(signingKey, toSign);
    const received = Buffer.from(signature ?? '', 'hex');
    if (received.length !== expected.length || !timingSafeEqual(received, expected)) {
      throw new AwsError(
        'SignatureDoesNotMatch',
        'The signature of a chunk that we calculated does not match the one you provided.',
        403,
      );
    }
    this.#previous = expected.toString('hex');
  }
}
