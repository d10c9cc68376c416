import { parseRange } from './byte-range.js';
import type { ChecksumAlgorithm } from './checksum.js';
import { readCopySource, sourceChanged } from './copy-source.js';
import { digestContent, type DigestedContent } from './digested-content.js';
import { openContent } from './get-object.js';
import { checksumHeaders, encryptionHeaders } from './object-headers.js';
import type { PartRecord, UploadRecord } from './object-record.js';
import { checkDeclaredSize } from './put-object.js';
import { openRequestBody } from './request-body.js';
import { headerText } from './request-header.js';
import { emptyResponse, queryNumber, xmlResponse, type S3Call, type S3Operation } from './s3-call.js';
import { findUpload, partId } from './uploads.js';
import { checksumElements } from './xml-elements.js';

const FALLBACK: ChecksumAlgorithm = 'CRC64NVME';

export const uploadPart: S3Operation = async (call) => {
  const { request } = call;
  const upload = await findUpload(call);
  checkDeclaredSize(request);
  const body = openRequestBody(request, upload.checksumAlgorithm ?? FALLBACK);
  const part = await keepPart(call, upload, body);
  return emptyResponse(call, 200, {
    etag: `"${part.etag}"`,
    ...encryptionHeaders(upload.encryption),
    ...withoutType(checksumHeaders(part.checksum)),
  });
};

export const uploadPartCopy: S3Operation = async (call) => {
  const upload = await findUpload(call);
  const { record } = await readCopySource(call);
  const range = parseRange(headerText(call.request, 'x-amz-copy-source-range'), record.sizeBytes);
  const content = await openContent(call.store, record, range);
  if (content === undefined) throw sourceChanged();
  const body = digestContent(content as AsyncIterable<Buffer>, upload.checksumAlgorithm ?? FALLBACK);
  const part = await keepPart(call, upload, body);
  return xmlResponse(
    call,
    {
      CopyPartResult: {
        ETag: `"${part.etag}"`,
        LastModified: new Date(part.modifiedAtMs).toISOString(),
        ...checksumElements(part.checksum),
        ChecksumType: undefined,
      },
    },
    encryptionHeaders(upload.encryption),
  );
};

async function keepPart(call: S3Call, upload: UploadRecord, body: DigestedContent): Promise<PartRecord> {
  const { store, bucket } = call;
  const partNumber = queryNumber(call, 'partNumber', 0, { least: 1, most: 10_000 });
  const blob = await store.blobs.write(body.content);
  const { md5, checksum } = body.summary();
  const part = { partNumber, etag: md5, modifiedAtMs: store.context.clock.now(), blob, checksum };
  try {
    await store.locked(bucket, async () => {
      // Checks again, because the upload may have been completed or aborted while the part was received.
      await findUpload(call);
      const id = partId(upload.uploadId, partNumber);
      const existing = await store.parts.get(id);
      await store.parts.put(id, part);
      if (existing !== undefined) await store.blobs.delete([existing.blob]);
    });
    return part;
  } catch (error) {
    await store.blobs.delete([blob]);
    throw error;
  }
}

function withoutType(headers: Record<string, string>): Record<string, string> {
  const { 'x-amz-checksum-type': _type, ...rest } = headers;
  return rest;
}
