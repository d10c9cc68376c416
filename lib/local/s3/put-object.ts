import { AwsError } from '../wire/aws-error.js';
import type { WireRequest } from '../wire/wire-service.js';
import { refuseDeniedWrite } from './bucket-policy.js';
import { writeCondition } from './conditions.js';
import { checksumHeaders, encryptionHeaders, readEncryption, readObjectHeaders } from './object-headers.js';
import { openRequestBody } from './request-body.js';
import { headerText } from './request-header.js';
import { emptyResponse, type S3Operation } from './s3-call.js';

const KEY_MAX_BYTES = 1024;
const PUT_MAX_BYTES = 5 * 1024 ** 3;

export const putObject: S3Operation = async (call) => {
  const { request, store, bucket, key } = call;
  const bucketRecord = await store.bucket(bucket);
  checkKey(key);
  refuseDeniedWrite(call, bucketRecord.denials);
  checkDeclaredSize(request);
  const condition = writeCondition(request);
  const headers = readObjectHeaders(request);
  const encryption = readEncryption(request, bucketRecord);
  const body = openRequestBody(request);
  const blob = await store.blobs.write(body.content);
  const { md5, ...digests } = body.summary();
  const modifiedAtMs = store.context.clock.now();
  const record = { key, etag: md5, modifiedAtMs, blobs: [blob], headers, encryption, ...digests };
  await store.create(bucketRecord, record, { reason: 'PutObject', requestId: request.requestId }, condition);
  return emptyResponse(call, 200, {
    etag: `"${md5}"`,
    ...encryptionHeaders(encryption),
    ...checksumHeaders(digests.checksum),
  });
};

/** Checks the length of a key. @throws AwsError `KeyTooLongError` */
export function checkKey(key: string): void {
  const sizeBytes = Buffer.byteLength(key);
  if (sizeBytes <= KEY_MAX_BYTES) return;
  throw new AwsError('KeyTooLongError', 'Your key is too long', 400, {
    Size: sizeBytes,
    MaxSizeAllowed: KEY_MAX_BYTES,
  });
}

/** Checks the size that the headers of a request declare. @throws AwsError `EntityTooLarge` */
export function checkDeclaredSize(request: WireRequest): void {
  const size = headerText(request, 'x-amz-decoded-content-length') ?? headerText(request, 'content-length');
  if (Number(size ?? 0) <= PUT_MAX_BYTES) return;
  throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, {
    ProposedSize: size,
    MaxSizeAllowed: PUT_MAX_BYTES,
  });
}
