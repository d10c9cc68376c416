import { randomBytes } from 'node:crypto';

import { valuesOf } from '../durable/values-of.js';
import { AwsError } from '../wire/aws-error.js';
import type { ChecksumType } from './checksum.js';
import {
  definedHeaders,
  encryptionHeaders,
  readChecksumAlgorithm,
  readEncryption,
  readObjectHeaders,
} from './object-headers.js';
import type { PartRecord, UploadRecord } from './object-record.js';
import { checkKey } from './put-object.js';
import { headerText } from './request-header.js';
import { emptyResponse, xmlResponse, type S3Call, type S3Operation } from './s3-call.js';
import type { S3Store } from './s3-store.js';
import { invalidRequest } from './refusals.js';

export const createMultipartUpload: S3Operation = async (call) => {
  const { request, store, bucket, key } = call;
  const upload = await store.locked(bucket, async () => {
    const bucketRecord = await store.bucket(bucket);
    checkKey(key);
    const created: UploadRecord = {
      uploadId: randomBytes(24).toString('hex'),
      bucket,
      key,
      startedAtMs: store.context.clock.now(),
      headers: readObjectHeaders(request),
      encryption: readEncryption(request, bucketRecord),
      ...readChecksumChoice(call),
    };
    await store.uploads.put(`${bucket}/${created.uploadId}`, created);
    return created;
  });
  return xmlResponse(
    call,
    { InitiateMultipartUploadResult: { Bucket: bucket, Key: key, UploadId: upload.uploadId } },
    {
      ...encryptionHeaders(upload.encryption),
      ...definedHeaders({
        'x-amz-checksum-algorithm': upload.checksumAlgorithm,
        'x-amz-checksum-type': upload.checksumType,
      }),
    },
  );
};

function readChecksumChoice({ request }: S3Call): Pick<UploadRecord, 'checksumAlgorithm' | 'checksumType'> {
  const algorithm = readChecksumAlgorithm(request);
  if (algorithm === undefined) return {};
  const byDefault: ChecksumType = algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE';
  const type = headerText(request, 'x-amz-checksum-type')?.toUpperCase() ?? byDefault;
  const possible = algorithm.startsWith('CRC') ? type === 'FULL_OBJECT' : type === 'COMPOSITE';
  if (!possible && !(type === 'COMPOSITE' && algorithm !== 'CRC64NVME')) {
    throw invalidRequest(
      `The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    );
  }
  return { checksumAlgorithm: algorithm, checksumType: type as ChecksumType };
}

/** Returns the upload that a request names. @throws AwsError `NoSuchUpload` */
export async function findUpload({ store, bucket, key, query }: S3Call): Promise<UploadRecord> {
  const uploadId = query.get('uploadId') ?? '';
  await store.bucket(bucket);
  const upload = await store.uploads.get(`${bucket}/${uploadId}`);
  if (upload !== undefined && upload.key === key) return upload;
  throw new AwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
    { UploadId: uploadId },
  );
}

/** Returns the parts of an upload in the order of their numbers. */
export function readParts(store: S3Store, uploadId: string): Promise<PartRecord[]> {
  return valuesOf(store.parts, `${uploadId}/`);
}

export const abortMultipartUpload: S3Operation = async (call) => {
  const { store, bucket } = call;
  await store.locked(bucket, async () => {
    const { uploadId } = await findUpload(call);
    const parts = await readParts(store, uploadId);
    await store.uploads.delete(`${bucket}/${uploadId}`);
    await forgetParts(store, uploadId, parts);
    await store.blobs.delete(parts.map(({ blob }) => blob));
  });
  return emptyResponse(call, 204);
};

export async function forgetParts(
  store: S3Store,
  uploadId: string,
  parts: readonly PartRecord[],
): Promise<void> {
  await store.parts.batch(parts.map(({ partNumber }) => ({ delete: partId(uploadId, partNumber) })));
}

/** Returns the key of a part's record. Keys with five digits sort by part number. */
export function partId(uploadId: string, partNumber: number): string {
  return `${uploadId}/${String(partNumber).padStart(5, '0')}`;
}
