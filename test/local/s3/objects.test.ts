import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  ChecksumAlgorithm,
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type GetObjectCommandInput,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { BUCKET, openS3TestPlace, type S3TestPlace } from './s3-test-place.js';

let place: S3TestPlace;
beforeAll(async () => {
  place = await openS3TestPlace();
});
afterAll(() => place.dispose());

const put = (
  Key: string,
  Body: NonNullable<PutObjectCommandInput['Body']>,
  more: Partial<PutObjectCommandInput> = {},
) => place.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ...more }));
const get = (Key: string, more: Partial<GetObjectCommandInput> = {}) =>
  place.client.send(new GetObjectCommand({ Bucket: BUCKET, Key, ...more }));
async function text(Key: string, more: Partial<GetObjectCommandInput> = {}): Promise<string> {
  return (await (await get(Key, more)).Body?.transformToString()) ?? '';
}

describe('An object', () => {
  it.each([
    'plain',
    '../../etc/passwd',
    'a//b///c',
    'with space + plus & ampersand',
    'ünï/😀/<tag>"\'',
    '100% %41',
    "!'()*~",
    'trailing/',
    '.',
  ])('An object keeps the key %j and its content', async (key) => {
    await put(key, `content of ${key}`, { Metadata: { note: 'kept' }, ContentType: 'text/plain' });
    const answer = await get(key);
    expect(await answer.Body?.transformToString()).toBe(`content of ${key}`);
    expect(answer).toMatchObject({ ContentType: 'text/plain', Metadata: { note: 'kept' } });
  });

  it('An object is returned unchanged after an upload with a trailing checksum', async () => {
    const content = randomBytes(20 * 1024 * 1024 + 17);
    const pieces = (function* () {
      for (let at = 0; at < content.length; at += 70_001) yield content.subarray(at, at + 70_001);
    })();
    const { ChecksumCRC32 } = await put('streamed', Readable.from(pieces), { ContentLength: content.length });
    expect(ChecksumCRC32).toBeDefined();
    const answer = await get('streamed');
    const received = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
    expect(received.equals(content)).toBe(true);
    expect(answer.ETag).toBe(`"${createHash('md5').update(content).digest('hex')}"`);
    expect(answer.ContentEncoding).toBeUndefined();
  });

  it.each(Object.values(ChecksumAlgorithm).filter((name) => /^(CRC32C?|CRC64NVME|SHA1|SHA256)$/.test(name)))(
    'An object is checked against %s and refused when it does not match',
    async (algorithm) => {
      const member = `Checksum${algorithm}` as const;
      const put1 = await put('summed', 'hello', { ChecksumAlgorithm: algorithm });
      const value = (put1 as unknown as Record<string, string>)[member];
      expect(value).toBeDefined();
      const head = await place.client.send(
        new HeadObjectCommand({ Bucket: BUCKET, Key: 'summed', ChecksumMode: 'ENABLED' }),
      );
      expect((head as unknown as Record<string, string>)[member]).toBe(value);
      await expect(put('summed', 'hellO', { [member]: value })).rejects.toMatchObject({ name: 'BadDigest' });
      expect(await text('summed')).toBe('hello');
    },
  );

  it('An object is refused when Content-MD5 does not match', async () => {
    const ContentMD5 = createHash('md5').update('other').digest('base64');
    await expect(put('md5', 'content', { ContentMD5 })).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(get('md5')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('An object is created once by several writers with If-None-Match *', async () => {
    const writes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => put('once', `writer ${index}`, { IfNoneMatch: '*' })),
    );
    const refused = writes.filter((write) => write.status === 'rejected');
    expect(refused).toHaveLength(9);
    for (const { reason } of refused) {
      expect(reason).toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
    }
    const winner = writes.findIndex(({ status }) => status === 'fulfilled');
    expect(await text('once')).toBe(`writer ${winner}`);
  });

  it('An object is replaced only if its ETag matches If-Match', async () => {
    const { ETag } = await put('matched', 'one');
    await put('matched', 'two', { IfMatch: ETag });
    await expect(put('matched', 'three', { IfMatch: ETag })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    expect(await text('matched')).toBe('two');
  });

  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=4-', '456789', 'bytes 4-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=8-100', '89', 'bytes 8-9/10'],
    ['bytes=-100', '0123456789', 'bytes 0-9/10'],
  ])('An object can be read in the range %s', async (Range, content, ContentRange) => {
    await put('ranged', '0123456789');
    const answer = await get('ranged', { Range });
    expect(await answer.Body?.transformToString()).toBe(content);
    expect(answer).toMatchObject({ ContentRange, $metadata: { httpStatusCode: 206 } });
  });

  it('A range beyond the end of an object is refused', async () => {
    await put('ranged', '0123456789');
    await expect(get('ranged', { Range: 'bytes=10-' })).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  it('Conditional reads of an object are answered with 304 and 412', async () => {
    const { ETag } = await put('conditional', 'content');
    await expect(get('conditional', { IfNoneMatch: ETag })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    await expect(get('conditional', { IfMatch: '"other"' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    await expect(
      get('conditional', { IfModifiedSince: new Date(Date.now() + 60_000) }),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
    expect(await text('conditional', { IfMatch: ETag })).toBe('content');
  });

  it('An object can be empty', async () => {
    await put('empty', Buffer.alloc(0));
    const answer = await get('empty');
    expect(answer.ContentLength).toBe(0);
    expect(await answer.Body?.transformToString()).toBe('');
  });

  it('An object is read completely by a reader that started before it was replaced', async () => {
    const content = randomBytes(8 * 1024 * 1024);
    await put('replaced', content);
    const reading = await get('replaced');
    await put('replaced', 'new');
    const received = Buffer.from((await reading.Body?.transformToByteArray()) ?? []);
    expect(received.equals(content)).toBe(true);
    expect(await text('replaced')).toBe('new');
  });

  it('An object is complete and of a single writer when several write at once', async () => {
    const contents = Array.from({ length: 12 }, (_, index) => Buffer.alloc(300_000 + index, index));
    await Promise.all(contents.map((content) => put('contended', content)));
    const received = Buffer.from((await (await get('contended')).Body?.transformToByteArray()) ?? []);
    expect(contents.some((content) => content.equals(received))).toBe(true);
  });

  it('An object leaves no content in the data folder when it is replaced or deleted', async () => {
    const count = async () =>
      (await readdir(join(place.context.dataFolder, 's3', 'blobs'), { recursive: true })).filter((name) =>
        name.includes('-'),
      ).length;
    const before = await count();
    await put('passing', 'one');
    await put('passing', 'two');
    expect(await count()).toBe(before + 1);
    await place.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'passing' }));
    expect(await count()).toBe(before);
  });
});

describe('A fault of the local AWS', () => {
  it('S3 reports an unexpected error as `InternalError` with status 500, which SDKs retry', () => {
    const answer = place.s3.service.describeError(new Error('no space'), { requestId: 'r', method: 'GET' });
    expect(answer).toMatchObject({
      status: 500,
      body: expect.stringContaining('<Code>InternalError</Code>'),
    });
  });
});

describe('A copy', () => {
  it('A copy has the content, headers and metadata of its source, and can replace the metadata', async () => {
    await put('source +é', 'content', { Metadata: { a: '1' }, ContentType: 'text/plain' });
    const CopySource = `${BUCKET}/${encodeURIComponent('source +é')}`;
    await place.client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'copy', CopySource }));
    expect(await get('copy')).toMatchObject({ ContentType: 'text/plain', Metadata: { a: '1' } });
    await place.client.send(
      new CopyObjectCommand({
        Bucket: BUCKET,
        Key: 'copy',
        CopySource,
        MetadataDirective: 'REPLACE',
        Metadata: { b: '2' },
      }),
    );
    expect((await get('copy')).Metadata).toEqual({ b: '2' });
    expect(await text('copy')).toBe('content');
  });

  it('A copy of an object onto itself is allowed only with a change, and has a new date', async () => {
    const modifiedAtMs = async () => {
      const list = new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'itself' });
      return (await place.client.send(list)).Contents?.[0]?.LastModified?.getTime() ?? NaN;
    };
    await put('itself', 'content');
    const putAtMs = await modifiedAtMs();
    const CopySource = `${BUCKET}/itself`;
    const copy = { Bucket: BUCKET, Key: 'itself', CopySource };
    await expect(place.client.send(new CopyObjectCommand(copy))).rejects.toMatchObject({
      name: 'InvalidRequest',
    });
    expect(await modifiedAtMs()).toBe(putAtMs);
    await sleep(2);
    await place.client.send(new CopyObjectCommand({ ...copy, MetadataDirective: 'REPLACE' }));
    expect(await text('itself')).toBe('content');
    expect(await modifiedAtMs()).toBeGreaterThan(putAtMs);
  });
});

describe('A deletion', () => {
  it('A deletion of several objects accepts existing and missing keys', async () => {
    await put('gone/<1>&', '1');
    const { Deleted, Errors } = await place.client.send(
      new DeleteObjectsCommand({
        Bucket: BUCKET,
        Delete: { Objects: [{ Key: 'gone/<1>&' }, { Key: 'never' }] },
      }),
    );
    expect(Deleted?.map(({ Key }) => Key)).toEqual(['gone/<1>&', 'never']);
    expect(Errors).toBeUndefined();
    await expect(get('gone/<1>&')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});
