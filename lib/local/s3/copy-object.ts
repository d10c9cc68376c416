import { refuseDeniedWrite } from './bucket-policy.js';
import { checksumOf, type Checksum } from './checksum.js';
import { writeCondition } from './conditions.js';
import { readCopySource, sourceChanged, type CopySource } from './copy-source.js';
import { openContent } from './get-object.js';
import {
  encryptionHeaders,
  readChecksumAlgorithm,
  readEncryption,
  readObjectHeaders,
} from './object-headers.js';
import type { ObjectRecord } from './object-record.js';
import { checkKey } from './put-object.js';
import { headerText } from './request-header.js';
import { xmlResponse, type S3Call, type S3Operation } from './s3-call.js';
import { checksumElements } from './xml-elements.js';
import { invalidArgument, invalidRequest } from './refusals.js';

export const copyObject: S3Operation = async (call) => {
  const { request, store, bucket, key } = call;
  const bucketRecord = await store.bucket(bucket);
  checkKey(key);
  refuseDeniedWrite(call, bucketRecord.denials);
  const condition = writeCondition(request);
  const source = await readCopySource(call);
  const replace = replacesMetadata(call);
  if (!replace && source.bucket === bucket && source.key === key) refuseCopyOntoItself(call);
  const record: ObjectRecord = {
    ...source.record,
    key,
    modifiedAtMs: store.context.clock.now(),
    headers: replace ? readObjectHeaders(request) : source.record.headers,
    encryption: readEncryption(request, bucketRecord),
    checksum: await wantedChecksum(call, source),
    blobs: await copyBlobs(call, source),
  };
  await store.create(bucketRecord, record, { reason: 'CopyObject', requestId: request.requestId }, condition);
  return xmlResponse(
    call,
    {
      CopyObjectResult: {
        ETag: `"${record.etag}"`,
        LastModified: new Date(record.modifiedAtMs).toISOString(),
        ...checksumElements(record.checksum),
      },
    },
    encryptionHeaders(record.encryption),
  );
};

function replacesMetadata({ request }: S3Call): boolean {
  const directive = headerText(request, 'x-amz-metadata-directive') ?? 'COPY';
  if (directive === 'COPY' || directive === 'REPLACE') return directive === 'REPLACE';
  throw invalidArgument('x-amz-metadata-directive', directive, 'Unknown metadata directive.');
}

function refuseCopyOntoItself({ request }: S3Call): void {
  const changes = ['x-amz-server-side-encryption', 'x-amz-storage-class'];
  if (changes.some((name) => headerText(request, name) !== undefined)) return;
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}

async function copyBlobs({ store }: S3Call, { record }: CopySource): Promise<ObjectRecord['blobs']> {
  const copies = [];
  try {
    for (const blob of record.blobs) copies.push(await store.blobs.copy(blob));
    return copies;
  } catch (error) {
    await store.blobs.delete(copies);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw sourceChanged();
  }
}

/**
 * Returns the checksum for the copy: with the algorithm that the request names, otherwise that of the source.
 */
async function wantedChecksum(
  { request, store }: S3Call,
  { record }: CopySource,
): Promise<Checksum | undefined> {
  const algorithm = readChecksumAlgorithm(request);
  if (algorithm === undefined || algorithm === record.checksum?.algorithm) return record.checksum;
  const content = await openContent(store, record, undefined);
  if (content === undefined) throw sourceChanged();
  return { algorithm, value: await checksumOf(content, algorithm), type: 'FULL_OBJECT' };
}
