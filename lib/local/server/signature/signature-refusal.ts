import { AwsError } from '../../wire/aws-error.js';
import type { WireService } from '../../wire/wire-service.js';

/** Reason why a signature is refused. Each protocol has its own error codes for these reasons. */
export type RefusalReason =
  | 'missing'
  | 'incomplete'
  | 'version-2'
  | 'unknown-key'
  | 'unknown-token'
  | 'expired-token'
  | 'mismatch'
  | 'skewed'
  | 'expired'
  | 'wrong-region'
  | 'unsigned-header'
  | 'payload-mismatch';

/** A request without a valid signature. */
export class SignatureRefusal extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.name = 'SignatureRefusal';
    this.reason = reason;
  }
}

/**
 * Error codes and HTTP statuses of a protocol, by reason. For a reason that is not listed, those of `mismatch` are
 * used.
 */
type Codes = Readonly<
  Partial<Record<RefusalReason, readonly [code: string, status: number]>> & {
    mismatch: readonly [code: string, status: number];
  }
>;

const JSON_CODES: Codes = {
  missing: ['MissingAuthenticationTokenException', 403],
  incomplete: ['IncompleteSignatureException', 400],
  'version-2': ['IncompleteSignatureException', 400],
  'unknown-key': ['UnrecognizedClientException', 400],
  'unknown-token': ['UnrecognizedClientException', 400],
  'expired-token': ['ExpiredTokenException', 400],
  mismatch: ['InvalidSignatureException', 400],
};

const CODES: Readonly<Record<NonNullable<WireService['protocol']>, Codes>> = {
  'aws-json': JSON_CODES,
  'rest-json': {
    ...JSON_CODES,
    'unknown-key': ['UnrecognizedClientException', 403],
    'unknown-token': ['UnrecognizedClientException', 403],
    'expired-token': ['ExpiredTokenException', 403],
    mismatch: ['InvalidSignatureException', 403],
    skewed: ['InvalidSignatureException', 400],
    expired: ['InvalidSignatureException', 400],
    'wrong-region': ['InvalidSignatureException', 400],
    'unsigned-header': ['InvalidSignatureException', 400],
    'payload-mismatch': ['InvalidSignatureException', 400],
  },
  query: {
    missing: ['MissingAuthenticationToken', 403],
    incomplete: ['IncompleteSignature', 400],
    'version-2': ['IncompleteSignature', 400],
    'unknown-key': ['InvalidClientTokenId', 403],
    'unknown-token': ['InvalidClientTokenId', 403],
    'expired-token': ['ExpiredToken', 403],
    mismatch: ['SignatureDoesNotMatch', 403],
  },
  s3: {
    missing: ['AccessDenied', 403],
    incomplete: ['AuthorizationHeaderMalformed', 400],
    'version-2': ['InvalidRequest', 400],
    'unknown-key': ['InvalidAccessKeyId', 403],
    'unknown-token': ['InvalidToken', 400],
    'expired-token': ['ExpiredToken', 400],
    mismatch: ['SignatureDoesNotMatch', 403],
    skewed: ['RequestTimeTooSkewed', 403],
    expired: ['AccessDenied', 403],
    'wrong-region': ['AuthorizationHeaderMalformed', 400],
    'unsigned-header': ['AccessDenied', 403],
    'payload-mismatch': ['XAmzContentSHA256Mismatch', 400],
  },
};

/** Returns the error of a refusal, with the code for the protocol of the service. */
export function refusalError(refusal: SignatureRefusal, protocol: WireService['protocol']): AwsError {
  const codes = CODES[protocol ?? 'aws-json'];
  const [code, status] = codes[refusal.reason] ?? codes.mismatch;
  return new AwsError(code, refusal.message, status);
}
