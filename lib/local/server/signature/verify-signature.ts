import type { IncomingMessage } from 'node:http';

import type { PlaceContext } from '../../place-context.js';
import type { RequestSignature } from '../../wire/wire-service.js';
import { canonicalRequest } from './canonical-request.js';
import type { SignatureClaim } from './signature-claim.js';
import { SignatureRefusal } from './signature-refusal.js';
import { deriveSigningKey, equalsInConstantTime, formatScope, hmac, sha256Hex } from './signing-key.js';

const CLOCK_SKEW_MS = 15 * 60_000;

/**
 * Checks the parts of a signature that do not depend on the body: region, signed headers and time.
 * @throws SignatureRefusal
 */
export function checkClaim(claim: SignatureClaim, context: PlaceContext): void {
  if (claim.scope.region !== context.region) {
    throw new SignatureRefusal(
      'wrong-region',
      `The authorization header is malformed; the region '${claim.scope.region}' is wrong; expecting '${context.region}'`,
    );
  }
  if (!claim.signedHeaders.includes('host')) {
    throw new SignatureRefusal('mismatch', "'Host' must be a 'SignedHeader' in the AWS Authorization.");
  }
  checkTime(claim, context.clock.now());
}

export interface SignedRequest {
  readonly message: IncomingMessage;
  readonly path: string;
  readonly rawQuery: string;
  readonly payloadHash: string;
}

/**
 * Computes the signature and compares it with the request's.
 * @throws SignatureRefusal `mismatch`
 */
export function verifySignature(
  claim: SignatureClaim,
  request: SignedRequest,
  secretAccessKey: string,
): RequestSignature {
  const canonical = canonicalRequest({
    ...request,
    signedHeaders: claim.signedHeaders,
    encodePathTwice: claim.scope.service !== 's3',
  });
  const signingKey = deriveSigningKey(secretAccessKey, claim.scope);
  const scope = formatScope(claim.scope);
  const toSign = ['AWS4-HMAC-SHA256', claim.timestamp, scope, sha256Hex(canonical)].join('\n');
  if (!equalsInConstantTime(hmac(signingKey, toSign).toString('hex'), claim.signature)) {
    throw new SignatureRefusal(
      'mismatch',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    );
  }
  return { signature: claim.signature, scope, timestamp: claim.timestamp, signingKey };
}

function checkTime(claim: SignatureClaim, nowMs: number): void {
  const signedAtMs = Date.parse(
    claim.timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
  if (!claim.timestamp.startsWith(claim.scope.date)) {
    throw new SignatureRefusal(
      'mismatch',
      `Date in Credential scope does not match YYYYMMDD from the date of the request: '${claim.scope.date}' != '${claim.timestamp.slice(0, 8)}'.`,
    );
  }
  if (Number.isNaN(signedAtMs) || signedAtMs > nowMs + CLOCK_SKEW_MS) {
    throw new SignatureRefusal('skewed', `Signature not yet current: ${claim.timestamp} is in the future.`);
  }
  if (claim.expiresSeconds !== undefined) {
    if (nowMs <= signedAtMs + claim.expiresSeconds * 1000) return;
    throw new SignatureRefusal('expired', 'Request has expired');
  }
  if (signedAtMs < nowMs - CLOCK_SKEW_MS) {
    throw new SignatureRefusal(
      'skewed',
      `Signature expired: ${claim.timestamp} is more than 15 minutes before the time of the local AWS. The difference between the request time and the current time is too large.`,
    );
  }
}
