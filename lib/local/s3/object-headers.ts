import { AwsError } from '../wire/aws-error.js';
import type { WireRequest } from '../wire/wire-service.js';
import { CHECKSUM_ALGORITHMS, checksumHeader, type Checksum, type ChecksumAlgorithm } from './checksum.js';
import type { BucketRecord, Encryption, ObjectHeaders, ObjectRecord } from './object-record.js';
import { headerText } from './request-header.js';
import { invalidRequest, notImplemented } from './refusals.js';

const KEPT = ['cache-control', 'content-disposition', 'content-language', 'content-type', 'expires'];
const METADATA_MAX_BYTES = 2048;

/** Headers that the local AWS does not support and that would change the behaviour of the object. */
const REFUSED =
  /^x-amz-(object-lock-|server-side-encryption-customer-|copy-source-server-side-encryption-customer-|website-redirect-location|write-offset-bytes|tagging$|mfa)/;

/**
 * Refuses unsupported headers, which would otherwise be ignored.
 * @throws AwsError `NotImplemented` naming the header
 */
export function refuseUnknownHeaders(request: WireRequest): void {
  const unknown = Object.keys(request.headers).find((name) => REFUSED.test(name));
  if (unknown === undefined) return;
  throw notImplemented(
    `A header you provided implies functionality that is not implemented: the local AWS does not have ${unknown}.`,
    unknown,
  );
}

/** Returns the headers that are stored with an object. @throws AwsError `MetadataTooLarge` */
export function readObjectHeaders(request: WireRequest): ObjectHeaders {
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  let metadataBytes = 0;
  for (const name of Object.keys(request.headers)) {
    const value = headerText(request, name) ?? '';
    const isMetadata = name.startsWith('x-amz-meta-');
    if (isMetadata) metadataBytes += name.length - 'x-amz-meta-'.length + value.length;
    if (isMetadata || (KEPT.includes(name) && value !== '')) headers[name] = value;
  }
  if (metadataBytes > METADATA_MAX_BYTES) {
    throw new AwsError(
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      400,
      { Size: metadataBytes, MaxSizeAllowed: METADATA_MAX_BYTES },
    );
  }
  const encodings = (headerText(request, 'content-encoding') ?? '')
    .split(',')
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== '' && encoding !== 'aws-chunked');
  if (encodings.length > 0) headers['content-encoding'] = encodings.join(',');
  return headers;
}

/** Returns the encryption of the request, or else that of the bucket. */
export function readEncryption(request: WireRequest, bucket: BucketRecord): Encryption {
  const algorithm = headerText(request, 'x-amz-server-side-encryption');
  if (algorithm === undefined) return bucket.encryption;
  const keyId = headerText(request, 'x-amz-server-side-encryption-aws-kms-key-id');
  const bucketKey = headerText(request, 'x-amz-server-side-encryption-bucket-key-enabled');
  return {
    algorithm,
    keyId,
    bucketKey: bucketKey === undefined ? undefined : bucketKey === 'true',
  };
}

export function encryptionHeaders({ algorithm, keyId, bucketKey }: Encryption): Record<string, string> {
  return definedHeaders({
    'x-amz-server-side-encryption': algorithm,
    'x-amz-server-side-encryption-aws-kms-key-id': keyId,
    'x-amz-server-side-encryption-bucket-key-enabled': bucketKey === true ? 'true' : undefined,
  });
}

/** Leaves out headers whose value is undefined, because Node.js refuses to send them. */
export function definedHeaders(
  headers: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const defined = Object.entries(headers).filter(
    (header): header is [string, string] => header[1] !== undefined,
  );
  return Object.fromEntries(defined);
}

/** Returns the checksum algorithm in a request's headers. @throws AwsError `InvalidRequest` */
export function readChecksumAlgorithm(request: WireRequest): ChecksumAlgorithm | undefined {
  const wanted = headerText(request, 'x-amz-checksum-algorithm')?.toUpperCase();
  const algorithm = CHECKSUM_ALGORITHMS.find((each) => each === wanted);
  if (wanted === undefined || algorithm !== undefined) return algorithm;
  throw invalidRequest(
    `The local AWS does not have the checksum ${wanted}; it has ${CHECKSUM_ALGORITHMS.join(', ')}.`,
  );
}

export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (checksum === undefined) return {};
  return {
    [checksumHeader(checksum.algorithm)]: checksum.value,
    'x-amz-checksum-type': checksum.type,
  };
}

/** Returns the response headers of an object. */
export function describeObject(record: ObjectRecord): Record<string, string> {
  return {
    ...record.headers,
    ...encryptionHeaders(record.encryption),
    etag: `"${record.etag}"`,
    'last-modified': new Date(record.modifiedAtMs).toUTCString(),
    'accept-ranges': 'bytes',
  };
}
