import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The parts of a credential scope, such as `20260131/eu-central-1/s3/aws4_request`. */
export interface CredentialScope {
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export function formatScope(scope: CredentialScope): string {
  return `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
}

/** Maximum number of cached signing keys. A signing key is valid for one day, region and service. */
const KEPT_KEYS = 100;
const keptKeys = new Map<string, Buffer>();

/**
 * Derives the signing key for a scope.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function deriveSigningKey(secretAccessKey: string, scope: CredentialScope): Buffer {
  const name = `${secretAccessKey} ${formatScope(scope)}`;
  const kept = keptKeys.get(name);
  if (kept !== undefined) return kept;
  const key = derive(secretAccessKey, scope);
  const [oldest] = keptKeys.keys();
  if (oldest !== undefined && keptKeys.size >= KEPT_KEYS) keptKeys.delete(oldest);
  keptKeys.set(name, key);
  return key;
}

function derive(secretAccessKey: string, scope: CredentialScope): Buffer {
  return [scope.date, scope.region, scope.service, 'aws4_request'].reduce<Buffer>(
    (key, part) => hmac(key, part),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
}

export function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

export function sha256Hex(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

export function equalsInConstantTime(a: string, b: string): boolean {
  // Compares hashes, because `timingSafeEqual` needs values of the same length.
  return timingSafeEqual(Buffer.from(sha256Hex(a)), Buffer.from(sha256Hex(b)));
}
