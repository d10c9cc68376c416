import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  NoSuchBucket,
  S3Client,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { deleteBucket, emptyBucket } from '../../../client/deploy/empty-bucket.js';

const s3 = mockClient(S3Client);
const client = new S3Client({ region: 'eu-west-1' });
beforeEach(() => void s3.reset());

const missing = () => new NoSuchBucket({ $metadata: {}, message: 'gone' });

describe('emptyBucket', () => {
  it('`emptyBucket` deletes 1,000 keys with each request, with versions and delete markers', async () => {
    const left = Array.from({ length: 2_500 }, (_, index) => ({ Key: `k${index}`, VersionId: 'v' }));
    s3.on(ListObjectVersionsCommand).callsFake(() => ({
      Versions: left.slice(0, 999),
      DeleteMarkers: left.slice(999, 1_000),
    }));
    s3.on(ListObjectsV2Command).resolves({});
    s3.on(DeleteObjectsCommand).callsFake(({ Delete }: { Delete: { Objects: unknown[] } }) => {
      left.splice(0, Delete.Objects.length);
      return {};
    });
    expect(await emptyBucket(client, 'b')).toBe(2_500);
    const calls = s3.commandCalls(DeleteObjectsCommand);
    expect(calls.map(({ args }) => args[0].input.Delete?.Objects?.length)).toEqual([1_000, 1_000, 500]);
    expect(calls[0]?.args[0].input.Delete?.Objects?.[0]).toEqual({ Key: 'k0', VersionId: 'v' });
  });

  it('`emptyBucket` names an object that cannot be deleted, and stops', async () => {
    s3.on(ListObjectVersionsCommand).resolves({ Versions: [{ Key: 'held', VersionId: '1' }] });
    s3.on(DeleteObjectsCommand).resolves({
      Errors: [{ Key: 'held', Code: 'AccessDenied', Message: 'under a hold' }],
    });
    await expect(emptyBucket(client, 'b')).rejects.toMatchObject({
      code: 'BucketNotEmptied',
      message: 'The object held of the bucket b could not be deleted: AccessDenied under a hold',
    });
  });

  it('`emptyBucket` succeeds if the bucket does not exist', async () => {
    s3.on(ListObjectVersionsCommand).rejects(missing());
    s3.on(DeleteBucketCommand).rejects(missing());
    expect(await emptyBucket(client, 'b')).toBeUndefined();
    await expect(deleteBucket(client, 'b')).resolves.toBeUndefined();
  });
});
