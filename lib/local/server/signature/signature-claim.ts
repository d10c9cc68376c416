import type { IncomingMessage } from 'node:http';

import type { CredentialScope } from './signing-key.js';
import { SignatureRefusal } from './signature-refusal.js';

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The signature of a request, parsed but not yet verified. */
export interface SignatureClaim {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Time of the signature, such as `20260131T235959Z`. */
  readonly timestamp: string;
  /** Seconds that a presigned URL is valid; undefined for a signature in the header. */
  readonly expiresSeconds?: number;
}

/**
 * Reads the signature from the `Authorization` header or from the query of a presigned URL.
 * @returns undefined when the request has no signature
 * @throws SignatureRefusal `incomplete` when the signature cannot be parsed, `version-2` when it is of Signature
 * Version 2
 */
export function readSignatureClaim(
  message: IncomingMessage,
  query: URLSearchParams,
): SignatureClaim | undefined {
  const { authorization } = message.headers;
  if (authorization !== undefined) return readHeader(authorization, message);
  if (query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature')) return readQuery(query);
  refuseVersion2(query);
  return undefined;
}

/**
 * Refuses the parameters of a Signature Version 2. For a Query service they may also be in the body.
 * @throws SignatureRefusal
 */
export function refuseVersion2(parameters: URLSearchParams): void {
  if (parameters.has('AWSAccessKeyId') && parameters.has('Signature')) throw version2();
}

function version2(): SignatureRefusal {
  return new SignatureRefusal(
    'version-2',
    `The authorization mechanism you have provided is not supported: the request is signed with Signature Version 2. Please use Signature Version 4 (${ALGORITHM}).`,
  );
}

function readHeader(authorization: string, message: IncomingMessage): SignatureClaim {
  const [algorithm = '', ...rest] = authorization.trim().split(/\s+/);
  if (algorithm === 'AWS') throw version2();
  checkAlgorithm(algorithm);
  const parts = new Map(
    rest
      .join('')
      .split(',')
      .map((part) => {
        const equals = part.indexOf('=');
        return [part.slice(0, equals), part.slice(equals + 1)] as const;
      }),
  );
  const date = message.headers['x-amz-date'];
  return {
    ...readCredential(required(parts.get('Credential'), 'Credential')),
    signedHeaders: required(parts.get('SignedHeaders'), 'SignedHeaders').split(';'),
    signature: required(parts.get('Signature'), 'Signature'),
    timestamp: checkTimestamp(required(typeof date === 'string' ? date : undefined, 'X-Amz-Date')),
  };
}

function readQuery(query: URLSearchParams): SignatureClaim {
  const parameter = (name: string) => required(query.get(name), name);
  checkAlgorithm(parameter('X-Amz-Algorithm'));
  const expiresSeconds = Number(parameter('X-Amz-Expires'));
  if (!Number.isInteger(expiresSeconds) || expiresSeconds < 0 || expiresSeconds > 604_800) {
    throw new SignatureRefusal(
      'incomplete',
      'X-Amz-Expires must be a number of seconds between 0 and 604800.',
    );
  }
  return {
    ...readCredential(parameter('X-Amz-Credential')),
    signedHeaders: parameter('X-Amz-SignedHeaders').split(';'),
    signature: parameter('X-Amz-Signature'),
    timestamp: checkTimestamp(parameter('X-Amz-Date')),
    expiresSeconds,
  };
}

function readCredential(credential: string): Pick<SignatureClaim, 'accessKeyId' | 'scope'> {
  const [accessKeyId, date, region, service, terminator, ...more] = credential.split('/');
  if (!accessKeyId || !date || !region || !service || terminator !== 'aws4_request' || more.length > 0) {
    throw new SignatureRefusal(
      'incomplete',
      'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/aws4_request.',
    );
  }
  return { accessKeyId, scope: { date, region, service } };
}

function checkAlgorithm(algorithm: string): void {
  if (algorithm === ALGORITHM) return;
  throw new SignatureRefusal(
    'incomplete',
    `Unsupported AWS 'algorithm': '${algorithm}' (only ${ALGORITHM}).`,
  );
}

function checkTimestamp(timestamp: string): string {
  if (/^\d{8}T\d{6}Z$/.test(timestamp)) return timestamp;
  throw new SignatureRefusal('incomplete', `Date must be in ISO-8601 'basic format'. Got '${timestamp}'.`);
}

function required(value: string | null | undefined, name: string): string {
  if (value) return value;
  throw new SignatureRefusal('incomplete', `The request's signature has no '${name}'.`);
}
