import { Readable } from 'node:stream';

import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { findObject, hasContent, putOnce, readObject } from '../lib/s3-objects.js';
import { objectWith } from './lambdas/s3-answers.js';

const s3 = mockClient(S3Client);
const bucket = { s3: new S3Client({}), bucket: 'bucket' };
const object = { key: 'a.json', content: Buffer.from('{}'), contentType: 'application/json' };
const put = () => putOnce(object, bucket);

function refusal(status: number): S3ServiceException {
  const $metadata = { httpStatusCode: status };
  return new S3ServiceException({ name: 'Refused', $fault: 'client', message: 'refused', $metadata });
}

beforeEach(() => {
  s3.reset();
});

describe('findObject', () => {
  it('`findObject` asks for the checksum and returns the properties of the object', async () => {
    const lastModified = new Date(0);
    const head = { ChecksumSHA256: 'c', ContentLength: 3, ETag: '"e"', LastModified: lastModified };
    s3.on(HeadObjectCommand, { Bucket: 'bucket', Key: 'a', ChecksumMode: 'ENABLED' }).resolves(head);

    await expect(findObject('a', bucket)).resolves.toMatchObject({
      key: 'a',
      checksumSha256: 'c',
      isWholeChecksum: true,
      sizeBytes: 3,
      etag: '"e"',
      lastModified,
    });
  });

  it.each([
    { ChecksumSHA256: 'c-2' },
    { ChecksumSHA256: 'c', ChecksumType: 'COMPOSITE' as const },
    { ChecksumSHA256: undefined },
  ])('`findObject` reports no checksum of the whole object for %j', async (head) => {
    s3.on(HeadObjectCommand).resolves(head);

    await expect(findObject('a', bucket)).resolves.toMatchObject({ isWholeChecksum: false });
  });

  it('`findObject` returns undefined for an object that does not exist', async () => {
    s3.on(HeadObjectCommand).rejects(new NotFound({ message: 'no', $metadata: { httpStatusCode: 404 } }));

    await expect(findObject('a', bucket)).resolves.toBeUndefined();
  });

  it('`findObject` throws AccessDenied for a reader without rights', async () => {
    s3.on(HeadObjectCommand).rejects(refusal(403));

    await expect(findObject('a', bucket)).rejects.toThrow('refused');
  });
});

describe('readObject', () => {
  it('`readObject` returns content, size and the ETag without quotes', async () => {
    s3.on(GetObjectCommand).resolves({ ...objectWith('text'), ETag: '"e"' });

    const found = await readObject('a', bucket, 4);
    expect(found).toMatchObject({ sizeBytes: 4, etag: 'e' });
    expect(Buffer.from(found?.content ?? []).toString()).toBe('text');
  });

  it('`readObject` does not receive an object that is too large', async () => {
    const body = Readable.from(['text']);
    s3.on(GetObjectCommand).resolves({ ContentLength: 5, Body: body as never });

    await expect(readObject('a', bucket, 4)).resolves.toEqual({ sizeBytes: 5, etag: undefined });
    expect(body.destroyed).toBe(true);
  });

  it('`readObject` returns undefined for an object that does not exist', async () => {
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'no', $metadata: {} }));

    await expect(readObject('a', bucket, 4)).resolves.toBeUndefined();
  });

  it('`readObject` throws errors other than that of a missing object', async () => {
    s3.on(GetObjectCommand).rejects(refusal(403));

    await expect(readObject('a', bucket, 4)).rejects.toThrow('refused');
  });
});

describe('putOnce', () => {
  it('`putOnce` creates an object and cannot replace one', async () => {
    s3.on(PutObjectCommand).resolves({});

    await expect(put()).resolves.toBe(true);
    expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).toMatchObject({
      Key: 'a.json',
      ContentType: 'application/json',
      IfNoneMatch: '*',
    });
  });

  it.each([
    ['the same content', '{}', true],
    ['another content', '[]', false],
    ['a longer content', '{} ', false],
  ])(
    '`putOnce` keeps an object with %s and returns whether it is the same: %s, %s',
    async (_, text, isSame) => {
      s3.on(PutObjectCommand).rejects(refusal(412));
      s3.on(GetObjectCommand).resolves(objectWith(text));

      await expect(put()).resolves.toBe(isSame);
    },
  );

  it('`putOnce` repeats a put that conflicts with another one in progress', async () => {
    s3.on(PutObjectCommand).rejectsOnce(refusal(409)).resolves({});

    await expect(put()).resolves.toBe(true);
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(2);
  });

  it('`putOnce` gives up after four conflicts', async () => {
    s3.on(PutObjectCommand).rejects(refusal(409));

    await expect(put()).rejects.toThrow('refused');
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(4);
  });
});

describe('hasContent', () => {
  it('`hasContent` returns undefined for an object that does not exist', async () => {
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'no', $metadata: {} }));

    await expect(hasContent('a', Buffer.from('a'), bucket)).resolves.toBeUndefined();
  });
});
