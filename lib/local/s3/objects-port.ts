import type { Readable } from 'node:stream';
import { createHash } from 'node:crypto';

import type { Objects } from '../ports.js';
import { startChecksum } from './checksum.js';
import { readCurrent } from './get-object.js';
import type { ObjectRecord } from './object-record.js';
import { checkKey } from './put-object.js';
import type { S3Store } from './s3-store.js';

/** S3 for the other services of the place. */
export function objectsPort(store: S3Store): Objects {
  return {
    async read(bucket, key) {
      const { record, body } = await readCurrent(store, bucket, key, () => ({ range: undefined }));
      return { body, sizeBytes: record.sizeBytes };
    },
    async *list(bucket, prefix) {
      await store.bucket(bucket);
      for await (const [, { key, sizeBytes }] of store.objects.entries(`${bucket}/${prefix}`)) {
        yield { key, sizeBytes };
      }
    },
    write: (bucket, key, body) => writeObject(store, bucket, key, body),
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
  const md5 = createHash('md5');
  const running = startChecksum('CRC64NVME');
  async function* counted() {
    for await (const piece of Buffer.isBuffer(body) ? [body] : (body as AsyncIterable<Buffer | string>)) {
      const bytes = Buffer.from(piece);
      md5.update(bytes);
      running.update(bytes);
      yield bytes;
    }
  }
  const blob = await store.blobs.write(counted());
  const record: ObjectRecord = {
    key,
    etag: md5.digest('hex'),
    sizeBytes: blob.sizeBytes,
    modifiedAtMs: store.context.clock.now(),
    blobs: [blob],
    headers: { 'content-type': 'binary/octet-stream' },
    encryption: bucketRecord.encryption,
    checksum: {
      algorithm: 'CRC64NVME',
      value: running.digest().toString('base64'),
      type: 'FULL_OBJECT',
    },
  };
  try {
    await store.commit(bucket, record);
  } catch (error) {
    await store.blobs.delete([blob]);
    throw error;
  }
  await store.events.created(bucketRecord, record, { reason: 'PutObject' });
}
