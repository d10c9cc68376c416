import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import { AwsError } from '../wire/aws-error.js';
import { refuseDeniedWrite } from './bucket-policy.js';
import { CHECKSUM_ALGORITHMS, checksumHeader, checksumOf, startChecksum, type Checksum } from './checksum.js';
import { writeCondition } from './conditions.js';
import { openContent } from './get-object.js';
import { encryptionHeaders } from './object-headers.js';
import type { ObjectRecord, PartRecord, UploadRecord } from './object-record.js';
import { childElements, childText, malformed, parseXml, type XmlElement } from './parse-xml.js';
import { headerText } from './request-header.js';
import { readSmallXml, xmlResponse, type S3Call, type S3Operation } from './s3-call.js';
import type { S3Store } from './s3-store.js';
import { findUpload, forgetParts, readParts } from './uploads.js';
import { checksumElements } from './xml-elements.js';
import { invalidRequest } from './refusals.js';

const PART_MIN_BYTES = 5 * 1024 * 1024;

/**
 * Creates an object from the parts of an upload. The object refers to the content of the parts; nothing is copied.
 */
export const completeMultipartUpload: S3Operation = async (call) => {
  const { request, store, bucket, key } = call;
  const bucketRecord = await store.bucket(bucket);
  refuseDeniedWrite(call, bucketRecord.denials);
  const upload = await findUpload(call);
  const condition = writeCondition(request);
  const root = parseXml(await readSmallXml(call), 'CompleteMultipartUpload');
  const all = await readParts(store, upload.uploadId);
  const parts = chooseParts(childElements(root, 'Part'), all);
  const record = await assemble(call, upload, parts);
  checkDeclared(call, record);
  await store.locked(bucket, async () => {
    await findUpload(call);
    const current = await readParts(store, upload.uploadId);
    const isChanged = parts.some(({ blob }) => !current.some((part) => part.blob.id === blob.id));
    if (isChanged) throw invalidPart('of an upload that was changed while it was completed');
    await store.commitLocked(bucket, record, condition);
    await store.uploads.delete(`${bucket}/${upload.uploadId}`);
    await forgetParts(store, upload.uploadId, current);
    const unused = current.filter(({ blob }) => !record.blobs.some(({ id }) => id === blob.id));
    await store.blobs.delete(unused.map(({ blob }) => blob));
  });
  await store.events.created(bucketRecord, record, {
    reason: 'CompleteMultipartUpload',
    requestId: request.requestId,
  });
  return xmlResponse(
    call,
    {
      CompleteMultipartUploadResult: {
        Location: `${store.context.endpoint()}${request.path}`,
        Bucket: bucket,
        Key: key,
        ETag: `"${record.etag}"`,
        ...checksumElements(record.checksum),
      },
    },
    encryptionHeaders(record.encryption),
  );
};

function chooseParts(wanted: readonly XmlElement[], all: readonly PartRecord[]): PartRecord[] {
  if (wanted.length === 0) throw malformed();
  const byNumber = new Map(all.map((part) => [part.partNumber, part]));
  const chosen = wanted.map((element) => {
    const part = byNumber.get(Number(childText(element, 'PartNumber')));
    const etag = childText(element, 'ETag')?.replace(/^"|"$/g, '');
    const checksum = part && childText(element, `Checksum${part.checksum.algorithm}`);
    const isSame = part?.etag === etag && (checksum ?? part?.checksum.value) === part?.checksum.value;
    if (part !== undefined && isSame) return part;
    throw invalidPart(childText(element, 'PartNumber') ?? '');
  });
  checkOrder(chosen);
  return chosen;
}

function invalidPart(partNumber: string): AwsError {
  return new AwsError(
    'InvalidPart',
    'One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part’s entity tag.',
    400,
    { PartNumber: partNumber },
  );
}

function checkOrder(parts: readonly PartRecord[]): void {
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    if (next === undefined) return;
    if (next.partNumber <= part.partNumber) {
      throw new AwsError(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. Parts must be ordered by part number.',
      );
    }
    if (part.blob.sizeBytes < PART_MIN_BYTES) {
      throw new AwsError(
        'EntityTooSmall',
        'Your proposed upload is smaller than the minimum allowed size',
        400,
        { ProposedSize: part.blob.sizeBytes, MinSizeAllowed: PART_MIN_BYTES, PartNumber: part.partNumber },
      );
    }
  }
}

async function assemble(
  { store }: S3Call,
  upload: UploadRecord,
  parts: readonly PartRecord[],
): Promise<ObjectRecord> {
  const md5 = createHash('md5');
  for (const { etag } of parts) md5.update(Buffer.from(etag, 'hex'));
  const record: ObjectRecord = {
    key: upload.key,
    etag: `${md5.digest('hex')}-${parts.length}`,
    sizeBytes: parts.reduce((sum, { blob }) => sum + blob.sizeBytes, 0),
    modifiedAtMs: store.context.clock.now(),
    blobs: parts.map(({ blob }) => blob),
    headers: upload.headers,
    encryption: upload.encryption,
    partCount: parts.length,
  };
  const checksum = await wholeChecksum(store, upload, record, parts);
  return checksum === undefined ? record : { ...record, checksum };
}

async function wholeChecksum(
  store: S3Store,
  { checksumAlgorithm: algorithm, checksumType: type = 'COMPOSITE' }: UploadRecord,
  record: ObjectRecord,
  parts: readonly PartRecord[],
): Promise<Checksum | undefined> {
  if (algorithm === undefined) return undefined;
  if (type === 'COMPOSITE') {
    const running = startChecksum(algorithm);
    for (const { checksum } of parts) running.update(Buffer.from(checksum.value, 'base64'));
    return { algorithm, type, value: `${running.digest().toString('base64')}-${parts.length}` };
  }
  const content = (await openContent(store, record, undefined)) ?? Readable.from([]);
  return { algorithm, type, value: await checksumOf(content, algorithm) };
}

function checkDeclared({ request }: S3Call, record: ObjectRecord): void {
  const size = headerText(request, 'x-amz-mp-object-size');
  if (size !== undefined && Number(size) !== record.sizeBytes) {
    throw invalidRequest(`The object has ${record.sizeBytes} bytes, but x-amz-mp-object-size is ${size}.`);
  }
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const declared = headerText(request, checksumHeader(algorithm));
    if (declared === undefined) continue;
    if (record.checksum?.algorithm === algorithm && record.checksum.value === declared) continue;
    throw new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
  }
}
