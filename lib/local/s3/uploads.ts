import { randomBytes } from 'node:crypto';

import { AwsError } from '../wire/aws-error.js';
import type { ChecksumType } from './checksum.js';
import { isChecksumAlgorithm } from './copy-object.js';
import { encryptionHeaders, readEncryption, readObjectHeaders } from './object-headers.js';
import type { PartRecord, UploadRecord } from './object-record.js';
import { checkKey } from './put-object.js';
import { headerText } from './request-header.js';
import { emptyResponse, queryNumber, xmlResponse, type S3Call, type S3Operation } from './s3-call.js';
import type { S3Store } from './s3-store.js';
import { checksumElements, keyEncoder } from './xml-elements.js';

const PAGE_MAX = 1000;

export const createMultipartUpload: S3Operation = async (call) => {
  const { request, store, bucket, key } = call;
  const bucketRecord = await store.bucket(bucket);
  checkKey(key);
  const upload: UploadRecord = {
    uploadId: randomBytes(24).toString('hex'),
    bucket,
    key,
    startedAtMs: store.context.clock.now(),
    headers: readObjectHeaders(request),
    encryption: readEncryption(request, bucketRecord),
    ...readChecksumChoice(call),
  };
  await store.uploads.put(`${bucket}/${upload.uploadId}`, upload);
  return xmlResponse(
    call,
    { InitiateMultipartUploadResult: { Bucket: bucket, Key: key, UploadId: upload.uploadId } },
    {
      ...encryptionHeaders(upload.encryption),
      ...(upload.checksumAlgorithm === undefined
        ? {}
        : { 'x-amz-checksum-algorithm': upload.checksumAlgorithm }),
      ...(upload.checksumType === undefined ? {} : { 'x-amz-checksum-type': upload.checksumType }),
    },
  );
};

function readChecksumChoice({ request }: S3Call): Pick<UploadRecord, 'checksumAlgorithm' | 'checksumType'> {
  const algorithm = headerText(request, 'x-amz-checksum-algorithm')?.toUpperCase();
  if (algorithm === undefined) return {};
  if (!isChecksumAlgorithm(algorithm)) {
    throw new AwsError('InvalidRequest', `The local place does not know the checksum ${algorithm}.`);
  }
  const byDefault: ChecksumType = algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE';
  const type = headerText(request, 'x-amz-checksum-type')?.toUpperCase() ?? byDefault;
  const possible = algorithm.startsWith('CRC') ? type === 'FULL_OBJECT' : type === 'COMPOSITE';
  if (!possible && !(type === 'COMPOSITE' && algorithm !== 'CRC64NVME')) {
    throw new AwsError(
      'InvalidRequest',
      `The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    );
  }
  return { checksumAlgorithm: algorithm, checksumType: type as ChecksumType };
}

/** @throws AwsError `NoSuchUpload` */
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

/** In the order of their numbers. */
export async function readParts(store: S3Store, uploadId: string): Promise<PartRecord[]> {
  const parts: PartRecord[] = [];
  for await (const [, part] of store.parts.entries(`${uploadId}/`)) parts.push(part);
  return parts;
}

export const abortMultipartUpload: S3Operation = async (call) => {
  const { store, bucket } = call;
  await store.inTurn(bucket, async () => {
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

/** Five digits keep the parts in the order of their numbers. */
export function partId(uploadId: string, partNumber: number): string {
  return `${uploadId}/${String(partNumber).padStart(5, '0')}`;
}

export const listParts: S3Operation = async (call) => {
  const upload = await findUpload(call);
  const after = queryNumber(call, 'part-number-marker', 0, { least: 0, most: 10_000 });
  const limit = queryNumber(call, 'max-parts', PAGE_MAX, { least: 1, most: 2 ** 31 - 1 });
  const parts = (await readParts(call.store, upload.uploadId)).filter(({ partNumber }) => partNumber > after);
  const page = parts.slice(0, Math.min(limit, PAGE_MAX));
  return xmlResponse(call, {
    ListPartsResult: {
      Bucket: call.bucket,
      Key: call.key,
      UploadId: upload.uploadId,
      PartNumberMarker: after,
      NextPartNumberMarker: page.at(-1)?.partNumber ?? 0,
      MaxParts: Math.min(limit, PAGE_MAX),
      IsTruncated: page.length < parts.length,
      ChecksumAlgorithm: upload.checksumAlgorithm,
      ChecksumType: upload.checksumType,
      StorageClass: 'STANDARD',
      Part: page.map((part) => ({
        PartNumber: part.partNumber,
        LastModified: new Date(part.modifiedAtMs).toISOString(),
        ETag: `"${part.etag}"`,
        Size: part.blob.sizeBytes,
        ...(upload.checksumAlgorithm === undefined
          ? {}
          : { ...checksumElements(part.checksum), ChecksumType: undefined }),
      })),
    },
  });
};

export const listMultipartUploads: S3Operation = async (call) => {
  const { store, bucket, query } = call;
  await store.bucket(bucket);
  if (query.get('delimiter')) {
    throw new AwsError(
      'NotImplemented',
      'The local place does not model delimiter of ListMultipartUploads.',
      501,
    );
  }
  const prefix = query.get('prefix') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  const idMarker = query.get('upload-id-marker') ?? '';
  const limit = Math.min(
    queryNumber(call, 'max-uploads', PAGE_MAX, { least: 1, most: 2 ** 31 - 1 }),
    PAGE_MAX,
  );
  const found: UploadRecord[] = [];
  for await (const [, upload] of store.uploads.entries(`${bucket}/`)) {
    if (upload.key.startsWith(prefix)) found.push(upload);
  }
  const sorted = found
    .map((upload) => ({ upload, order: Buffer.from(`${upload.key}\0${upload.uploadId}`) }))
    .sort((a, b) => Buffer.compare(a.order, b.order))
    .map(({ upload }) => upload)
    .filter((upload) => isAfter(upload, keyMarker, idMarker));
  const page = sorted.slice(0, limit);
  const truncated = page.length < sorted.length;
  const encode = keyEncoder(call);
  return xmlResponse(call, {
    ListMultipartUploadsResult: {
      Bucket: bucket,
      KeyMarker: encode(keyMarker),
      UploadIdMarker: idMarker,
      NextKeyMarker: truncated ? encode(page.at(-1)?.key ?? '') : undefined,
      NextUploadIdMarker: truncated ? page.at(-1)?.uploadId : undefined,
      Prefix: encode(prefix),
      EncodingType: query.get('encoding-type') ?? undefined,
      MaxUploads: limit,
      IsTruncated: truncated,
      Upload: page.map((upload) => ({
        Key: encode(upload.key),
        UploadId: upload.uploadId,
        Initiated: new Date(upload.startedAtMs).toISOString(),
        StorageClass: 'STANDARD',
      })),
    },
  });
};

function isAfter(upload: UploadRecord, keyMarker: string, idMarker: string): boolean {
  if (keyMarker === '') return true;
  const order = Buffer.compare(Buffer.from(upload.key), Buffer.from(keyMarker));
  return order > 0 || (order === 0 && idMarker !== '' && upload.uploadId > idMarker);
}
