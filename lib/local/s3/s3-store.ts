import { join } from 'node:path';

import type { Collection } from '../durable/durable-store.js';
import type { PlaceContext } from '../place-context.js';
import type { EventSender } from '../ports.js';
import { AwsError } from '../wire/aws-error.js';
import { openBlobFolder, type BlobFolder } from '../durable/blob-folder.js';
import { objectEvents, type ObjectEvents } from './object-events.js';
import type { BucketRecord, ObjectRecord, PartRecord, UploadRecord } from './object-record.js';
import { TurnTaker } from '../durable/turn-taker.js';

/** Buckets, objects and uploads: an ordered index in the durable store, content in files. */
export interface S3Store {
  readonly context: PlaceContext;
  readonly buckets: Collection<BucketRecord>;
  /** By `<bucket>/<key>`: no bucket has a slash in its name. */
  readonly objects: Collection<ObjectRecord>;
  /** By `<bucket>/<uploadId>`. */
  readonly uploads: Collection<UploadRecord>;
  /** By `<uploadId>/<part number in five digits>`. */
  readonly parts: Collection<PartRecord>;
  readonly blobs: BlobFolder;
  readonly events: ObjectEvents;
  /** @throws AwsError `NoSuchBucket` */
  bucket(name: string): Promise<BucketRecord>;
  /** @throws AwsError `NoSuchBucket`, `NoSuchKey` */
  object(bucket: string, key: string): Promise<ObjectRecord>;
  /** Puts an object in the place of what is there, if `check` agrees to what is there. */
  commit(
    bucket: string,
    record: ObjectRecord,
    check?: (existing: ObjectRecord | undefined) => void,
  ): Promise<void>;
  /** The same, for work that has its turn. */
  commitInTurn: S3Store['commit'];
  /** Runs changes of one bucket's index one after the other. */
  inTurn<T>(bucket: string, work: () => Promise<T>): Promise<T>;
}

export async function openS3Store(context: PlaceContext, events: EventSender): Promise<S3Store> {
  const buckets = context.store.collection<BucketRecord>('s3-buckets');
  const objects = context.store.collection<ObjectRecord>('s3-objects');
  const uploads = context.store.collection<UploadRecord>('s3-uploads');
  const parts = context.store.collection<PartRecord>('s3-parts');
  const blobs = await openBlobFolder(join(context.dataFolder, 's3'));
  await sweep(blobs, { objects, parts, uploads });
  const turns = new TurnTaker();
  const bucket = async (name: string) => {
    const record = await buckets.get(name);
    if (record !== undefined) return record;
    throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name });
  };
  const commitInTurn: S3Store['commitInTurn'] = async (bucketName, record, check) => {
    await bucket(bucketName);
    const id = `${bucketName}/${record.key}`;
    const existing = await objects.get(id);
    check?.(existing);
    await objects.put(id, record);
    if (existing !== undefined) await blobs.delete(existing.blobs);
  };
  return {
    context,
    buckets,
    objects,
    uploads,
    parts,
    blobs,
    events: objectEvents(context, events),
    bucket,
    object: async (bucketName, key) => {
      await bucket(bucketName);
      const record = await objects.get(`${bucketName}/${key}`);
      if (record !== undefined) return record;
      throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
    },
    commit: (bucketName, record, check) =>
      turns.inTurn(bucketName, () => commitInTurn(bucketName, record, check)),
    commitInTurn,
    inTurn: (bucketName, work) => turns.inTurn(bucketName, work),
  };
}

async function sweep(
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
    // An upload that became an object right before a kill must not take its parts along when it is aborted.
    if (completed.has(id.slice(0, id.indexOf('/')))) await parts.delete(id);
    else kept.add(blob.id);
  }
  await blobs.sweep((id) => kept.has(id));
}
