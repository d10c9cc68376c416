import { CodeseederError } from '../../lib/contract/index.js';
import { readJson } from '../../lib/run-store/files.js';
import type { S3Bucket } from '../../lib/s3-objects.js';
import type { ObjectCreated } from './requested-start.js';

/**
 * Reads the request in an object of the inbox.
 * @throws CodeseederError `InputMissing`; `InputChanged` if another upload has replaced the object; `InvalidRequest`
 *   when it is too large
 */
export async function readInboxRequest(
  { key, etag }: ObjectCreated['object'],
  inbox: S3Bucket,
): Promise<Uint8Array> {
  const { content, etag: found } = await readJson(key, inbox, 'request');
  if (etag === undefined || found === etag) return content;
  throw new CodeseederError(
    'InputChanged',
    `The request s3://${inbox.bucket}/${key} was replaced: it has the ETag ${found} instead of ${etag}. The new object is a request of its own.`,
  );
}
