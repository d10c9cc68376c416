import type { UploadRecord } from './object-record.js';
import { queryNumber, xmlResponse, type S3Operation } from './s3-call.js';
import type { S3Store } from './s3-store.js';
import { findUpload, readParts } from './uploads.js';
import { checksumElements, keyEncoder } from './xml-elements.js';
import { notImplemented } from './refusals.js';

const PAGE_MAX = 1000;

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
        ...checksumElements(upload.checksumAlgorithm && part.checksum),
        ChecksumType: undefined,
      })),
    },
  });
};

export const listMultipartUploads: S3Operation = async (call) => {
  const { store, bucket, query } = call;
  await store.bucket(bucket);
  if (query.get('delimiter')) {
    throw notImplemented('The local AWS has no delimiter of ListMultipartUploads. Use prefix.');
  }
  const prefix = query.get('prefix') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  const idMarker = query.get('upload-id-marker') ?? '';
  const limit = Math.min(
    queryNumber(call, 'max-uploads', PAGE_MAX, { least: 1, most: 2 ** 31 - 1 }),
    PAGE_MAX,
  );
  const sorted = (await sortedUploads(store, bucket)).filter(
    (upload) => upload.key.startsWith(prefix) && isAfter(upload, keyMarker, idMarker),
  );
  const page = sorted.slice(0, limit);
  const next = page.length < sorted.length ? page.at(-1) : undefined;
  const encode = keyEncoder(call);
  return xmlResponse(call, {
    ListMultipartUploadsResult: {
      Bucket: bucket,
      KeyMarker: encode(keyMarker),
      UploadIdMarker: idMarker,
      NextKeyMarker: next && encode(next.key),
      NextUploadIdMarker: next?.uploadId,
      Prefix: encode(prefix),
      EncodingType: query.get('encoding-type') ?? undefined,
      MaxUploads: limit,
      IsTruncated: next !== undefined,
      Upload: page.map((upload) => ({
        Key: encode(upload.key),
        UploadId: upload.uploadId,
        Initiated: new Date(upload.startedAtMs).toISOString(),
        StorageClass: 'STANDARD',
      })),
    },
  });
};

/** Returns a bucket's multipart uploads in the byte order of their keys. */
async function sortedUploads(store: S3Store, bucket: string): Promise<UploadRecord[]> {
  const found: { readonly upload: UploadRecord; readonly order: Buffer }[] = [];
  for await (const [, upload] of store.uploads.entries(`${bucket}/`)) {
    found.push({ upload, order: Buffer.from(`${upload.key}\0${upload.uploadId}`) });
  }
  return found.sort((a, b) => Buffer.compare(a.order, b.order)).map(({ upload }) => upload);
}

function isAfter(upload: UploadRecord, keyMarker: string, idMarker: string): boolean {
  if (keyMarker === '') return true;
  const order = Buffer.compare(Buffer.from(upload.key), Buffer.from(keyMarker));
  return order > 0 || (order === 0 && idMarker !== '' && upload.uploadId > idMarker);
}
