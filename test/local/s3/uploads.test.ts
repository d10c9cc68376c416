import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';

import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { BUCKET, openS3TestPlace, type S3TestPlace } from './s3-test-place.js';

const FIVE_MIB = 5 * 1024 * 1024;
let place: S3TestPlace;
beforeAll(async () => {
  place = await openS3TestPlace();
});
afterAll(() => place.dispose());

async function download(Key: string, more: { Range?: string; PartNumber?: number } = {}): Promise<Buffer> {
  const { Body } = await place.client.send(new GetObjectCommand({ Bucket: BUCKET, Key, ...more }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

async function start(Key: string): Promise<string> {
  const { UploadId } = await place.client.send(
    new CreateMultipartUploadCommand({ Bucket: BUCKET, Key, Metadata: { of: 'upload' } }),
  );
  return UploadId ?? '';
}

async function uploadPart(
  Key: string,
  UploadId: string,
  PartNumber: number,
  Body: Buffer,
): Promise<CompletedPart> {
  const { ETag } = await place.client.send(
    new UploadPartCommand({ Bucket: BUCKET, Key, UploadId, PartNumber, Body }),
  );
  return { ETag, PartNumber };
}

const complete = (Key: string, UploadId: string, Parts: CompletedPart[], IfNoneMatch?: string) =>
  place.client.send(
    new CompleteMultipartUploadCommand({
      Bucket: BUCKET,
      Key,
      UploadId,
      MultipartUpload: { Parts },
      ...(IfNoneMatch === undefined ? {} : { IfNoneMatch }),
    }),
  );

describe('A multipart upload', () => {
  it("A multipart upload by the SDK's library can be read whole, in ranges across parts, and by part", async () => {
    const content = randomBytes(FIVE_MIB * 2 + 12_345);
    const upload = new Upload({
      client: place.client,
      params: { Bucket: BUCKET, Key: 'by library', Body: Readable.from([content]) },
      partSize: FIVE_MIB,
    });
    expect((await upload.done()).ETag).toMatch(/-3"$/);
    expect((await download('by library')).equals(content)).toBe(true);
    const start = FIVE_MIB - 10;
    const end = FIVE_MIB * 2 + 10;
    const ranged = await download('by library', { Range: `bytes=${start}-${end}` });
    expect(ranged.equals(content.subarray(start, end + 1))).toBe(true);
    const third = await download('by library', { PartNumber: 3 });
    expect(third.equals(content.subarray(FIVE_MIB * 2))).toBe(true);
  });

  it('A multipart upload is listed with its parts until it is completed', async () => {
    const id = await start('listed');
    const first = await uploadPart('listed', id, 1, Buffer.alloc(FIVE_MIB, 1));
    const second = await uploadPart('listed', id, 2, Buffer.from('end'));
    const { Parts } = await place.client.send(
      new ListPartsCommand({ Bucket: BUCKET, Key: 'listed', UploadId: id }),
    );
    expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, FIVE_MIB],
      [2, 3],
    ]);
    const uploads = async () =>
      (await place.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET, Prefix: 'listed' })))
        .Uploads;
    expect((await uploads())?.map(({ UploadId }) => UploadId)).toEqual([id]);
    await complete('listed', id, [first, second]);
    expect(await uploads()).toBeUndefined();
    const { Metadata } = await place.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'listed' }));
    expect(Metadata).toEqual({ of: 'upload' });
  });

  it('A multipart upload is refused with parts that are missing, changed, out of order or too small', async () => {
    const id = await start('refused');
    const small = await uploadPart('refused', id, 1, Buffer.from('small'));
    const end = await uploadPart('refused', id, 2, Buffer.from('end'));
    await expect(complete('refused', id, [{ ...small, ETag: '"other"' }])).rejects.toMatchObject({
      name: 'InvalidPart',
    });
    await expect(complete('refused', id, [{ ETag: '"x"', PartNumber: 9 }])).rejects.toMatchObject({
      name: 'InvalidPart',
    });
    await expect(complete('refused', id, [end, small])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await expect(complete('refused', id, [small, end])).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await complete('refused', id, [end]);
    expect((await download('refused')).toString()).toBe('end');
  });

  it('A multipart upload does not replace an object against If-None-Match, and can be aborted then', async () => {
    await place.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'there', Body: 'there' }));
    const id = await start('there');
    const part = await uploadPart('there', id, 1, Buffer.from('other'));
    await expect(complete('there', id, [part], '*')).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await place.client.send(new AbortMultipartUploadCommand({ Bucket: BUCKET, Key: 'there', UploadId: id }));
    await expect(complete('there', id, [part])).rejects.toMatchObject({ name: 'NoSuchUpload' });
    expect((await download('there')).toString()).toBe('there');
  });

  it('A multipart upload that two clients complete at once becomes one object', async () => {
    const id = await start('twice');
    const part = await uploadPart('twice', id, 1, Buffer.from('content'));
    const ends = await Promise.allSettled([complete('twice', id, [part]), complete('twice', id, [part])]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await download('twice')).toString()).toBe('content');
  });

  it('A multipart upload can copy parts from other objects', async () => {
    const content = randomBytes(FIVE_MIB + 100);
    await place.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'source', Body: content }));
    const id = await start('from other');
    const parts: CompletedPart[] = [];
    for (const [index, range] of [
      `bytes=0-${FIVE_MIB - 1}`,
      `bytes=${FIVE_MIB}-${FIVE_MIB + 99}`,
    ].entries()) {
      const { CopyPartResult } = await place.client.send(
        new UploadPartCopyCommand({
          Bucket: BUCKET,
          Key: 'from other',
          UploadId: id,
          PartNumber: index + 1,
          CopySource: `${BUCKET}/source`,
          CopySourceRange: range,
        }),
      );
      parts.push({ ETag: CopyPartResult?.ETag, PartNumber: index + 1 });
    }
    await complete('from other', id, parts);
    expect((await download('from other')).equals(content)).toBe(true);
  });
});
