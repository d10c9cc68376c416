import { AwsError } from '../wire/aws-error.js';
import type { WireRequest } from '../wire/wire-service.js';
import { checksumHeader, type Checksum } from './checksum.js';
import type { BucketRecord, Encryption, ObjectHeaders, ObjectRecord } from './object-record.js';
import { headerText } from './request-header.js';

const KEPT = ['cache-control', 'content-disposition', 'content-language', 'content-type', 'expires'];
const METADATA_MAX_BYTES = 2048;

/** Headers that would make another object of it, and that we do not know. */
const REFUSED =
  /^x-amz-(object-lock-|server-side-encryption-customer-|copy-source-server-side-encryption-customer-|website-redirect-location|write-offset-bytes|tagging$|mfa)/;

/** @throws AwsError `NotImplemented` naming a header that would have to be ignored */
export function refuseUnknownHeaders(request: WireRequest): void {
  const unknown = Object.keys(request.headers).find((name) => REFUSED.test(name));
  if (unknown === undefined) return;
  throw new AwsError(
    'NotImplemented',
    `A header you provided implies functionality that is not implemented: the local place does not model ${unknown}.`,
    501,
    { Header: unknown },
  );
}

/** What is kept with an object and given back with it. @throws AwsError `MetadataTooLarge` */
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

/** As the request says, else as the bucket does. */
export function readEncryption(request: WireRequest, bucket: BucketRecord): Encryption {
  const algorithm = headerText(request, 'x-amz-server-side-encryption');
  if (algorithm === undefined) return bucket.encryption;
  const keyId = headerText(request, 'x-amz-server-side-encryption-aws-kms-key-id');
  const bucketKey = headerText(request, 'x-amz-server-side-encryption-bucket-key-enabled');
  return {
    algorithm,
    ...(keyId === undefined ? {} : { keyId }),
    ...(bucketKey === undefined ? {} : { bucketKey: bucketKey === 'true' }),
  };
}

export function encryptionHeaders({ algorithm, keyId, bucketKey }: Encryption): Record<string, string> {
  return {
    'x-amz-server-side-encryption': algorithm,
    ...(keyId === undefined ? {} : { 'x-amz-server-side-encryption-aws-kms-key-id': keyId }),
    ...(bucketKey === true ? { 'x-amz-server-side-encryption-bucket-key-enabled': 'true' } : {}),
  };
}

export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (checksum === undefined) return {};
  return {
    [checksumHeader(checksum.algorithm)]: checksum.value,
    'x-amz-checksum-type': checksum.type,
  };
}

/** Headers of an answer that hands out an object. */
export function describeObject(record: ObjectRecord): Record<string, string> {
  return {
    ...record.headers,
    ...encryptionHeaders(record.encryption),
    etag: `"${record.etag}"`,
    'last-modified': new Date(record.modifiedAtMs).toUTCString(),
    'accept-ranges': 'bytes',
  };
}
