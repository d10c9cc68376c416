import { join } from 'node:path';

import type { PlaceContext } from '../place-context.js';
import type { EventSender } from '../ports.js';
import { openBlobFolder, type BlobFolder } from '../durable/blob-folder.js';
import { objectEvents, type ObjectCreation } from './object-events.js';
import type { BucketRecord, ObjectRecord, PartRecord, UploadRecord } from './object-record.js';
import { KeyedLock } from '../durable/keyed-lock.js';
import { noSuchBucket, noSuchKey } from './refusals.js';

/** Checks a write against the existing object. @throws AwsError when the write is not allowed */
type WriteCheck = (existing: ObjectRecord | undefined) => void;

/** Stores buckets, objects and uploads: their records in the durable store, content in files. */
export type S3Store = Awaited<ReturnType<typeof openS3Store>>;

export async function openS3Store(context: PlaceContext, events: EventSender) {
  const collections = openCollections(context);
  const { buckets, objects } = collections;
  const blobs = await openBlobFolder(join(context.dataFolder, 's3'));
  await removeUnfinished(blobs, collections);
  const objectCreated = objectEvents(context, events);
  const lock = new KeyedLock();
  /** Returns a bucket. @throws AwsError `NoSuchBucket` */
  const bucket = async (name: string) => {
    const record = await buckets.get(name);
    if (record !== undefined) return record;
    throw noSuchBucket(name);
  };
  /** Creates or replaces an object, unless `check` throws. The caller must hold the lock of the bucket. */
  const commitLocked = async (bucketName: string, record: ObjectRecord, check?: WriteCheck) => {
    await bucket(bucketName);
    const id = `${bucketName}/${record.key}`;
    const existing = await objects.get(id);
    check?.(existing);
    await objects.put(id, record);
    if (existing !== undefined) await blobs.delete(existing.blobs);
  };
  return {
    context,
    ...collections,
    blobs,
    events: objectCreated,
    bucket,
    /** Returns an object. @throws AwsError `NoSuchBucket`, `NoSuchKey` */
    object: async (bucketName: string, key: string) => {
      await bucket(bucketName);
      const record = await objects.get(`${bucketName}/${key}`);
      if (record !== undefined) return record;
      throw noSuchKey(key);
    },
    /**
     * Creates or replaces an object, unless `check` throws, and sends its event. On an error, deletes the new
     * content.
     */
    create: async (
      bucketRecord: BucketRecord,
      record: ObjectRecord,
      creation: ObjectCreation,
      check?: WriteCheck,
    ) => {
      const { name } = bucketRecord;
      try {
        await lock.run(name, () => commitLocked(name, record, check));
      } catch (error) {
        await blobs.delete(record.blobs);
        throw error;
      }
      await objectCreated.created(bucketRecord, record, creation);
    },
    commitLocked,
    /** Serializes changes to a bucket, its objects and its uploads. */
    locked: <T>(bucketName: string, work: () => Promise<T>) => lock.run(bucketName, work),
  };
}

function openCollections({ store }: PlaceContext) {
  return {
    buckets: store.collection<BucketRecord>('s3-buckets'),
    /** Keys have the form `<bucket>/<key>`; bucket names have no slash. */
    objects: store.collection<ObjectRecord>('s3-objects'),
    /** Keys have the form `<bucket>/<uploadId>`. */
    uploads: store.collection<UploadRecord>('s3-uploads'),
    /** Keys have the form `<uploadId>/<part number in five digits>`. */
    parts: store.collection<PartRecord>('s3-parts'),
  };
}

/**
 * Deletes the records of completed uploads, and content without a record, both of which a killed process may leave.
 */
async function removeUnfinished(
  blobs: BlobFolder,
  { objects, parts, uploads }: Pick<S3Store, 'objects' | 'parts' | 'uploads'>,
): Promise<void> {
  const kept = new Set<string>();
  for await (const [, { blobs: own }] of objects.entries()) for (const { id } of own) kept.add(id);
  const completed = new Set<string>();
  for await (const [id, { blob }] of parts.entries()) {
    if (kept.has(blob.id)) completed.add(id.slice(0, id.indexOf('/')));
  }
  for await (const [id, { uploadId }] of uploads.entries()) {
    if (completed.has(uploadId)) await uploads.delete(id);
  }
  for await (const [id, { blob }] of parts.entries()) {
    // The process was killed after an upload was completed and before its record was deleted. Deletes only the
    // record, because the content of the parts belongs to the object now.
    if (completed.has(id.slice(0, id.indexOf('/')))) await parts.delete(id);
    else kept.add(blob.id);
  }
  await blobs.sweep((id) => kept.has(id));
}
