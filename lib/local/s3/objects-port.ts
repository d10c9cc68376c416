import { Readable } from 'node:stream';

import type { Objects } from '../ports.js';
import { removeObject } from './delete-object.js';
import { digestContent } from './digested-content.js';
import { readCurrent } from './get-object.js';
import { checkKey } from './put-object.js';
import type { S3Store } from './s3-store.js';

/** Returns the interface by which other services of the local AWS use S3. */
export function objectsPort(store: S3Store): Objects {
  return {
    async read(bucket, key) {
      const { record, body } = await readCurrent(store, bucket, key, () => ({ range: undefined }));
      return { body, sizeBytes: record.sizeBytes };
    },
    async *list(bucket, prefix) {
      await store.bucket(bucket);
      for await (const [, { key, sizeBytes, etag, modifiedAtMs }] of store.objects.entries(
        `${bucket}/${prefix}`,
      )) {
        yield { key, sizeBytes, etag, modifiedAtMs };
      }
    },
    write: (bucket, key, body) => writeObject(store, bucket, key, body),
    remove: (bucket, key) => removeObject(store, bucket, key),
  };
}

async function writeObject(
  store: S3Store,
  bucket: string,
  key: string,
  body: Readable | Buffer,
): Promise<void> {
  const bucketRecord = await store.bucket(bucket);
  checkKey(key);
  const source = Buffer.isBuffer(body) ? [body] : (body as AsyncIterable<Buffer | string>);
  const digested = digestContent(Readable.from(source), 'CRC64NVME');
  const blob = await store.blobs.write(digested.content);
  const { md5, ...digests } = digested.summary();
  const record = {
    key,
    etag: md5,
    modifiedAtMs: store.context.clock.now(),
    blobs: [blob],
    headers: { 'content-type': 'binary/octet-stream' },
    encryption: bucketRecord.encryption,
    ...digests,
  };
  await store.create(bucketRecord, record, { reason: 'PutObject' });
}
