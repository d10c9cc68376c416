import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type GetObjectCommandInput,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
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

describe('A bucket', () => {
  it('A bucket returns its location and default encryption, and is listed', async () => {
    const { client, context } = place;
    await client.send(new HeadBucketCommand({ Bucket: BUCKET }));
    expect(await client.send(new GetBucketLocationCommand({ Bucket: BUCKET }))).toMatchObject({
      LocationConstraint: context.region,
    });
    const { ServerSideEncryptionConfiguration } = await client.send(
      new GetBucketEncryptionCommand({ Bucket: BUCKET }),
    );
    expect(ServerSideEncryptionConfiguration?.Rules).toEqual([
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false },
    ]);
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toContain(BUCKET);
  });

  it('A bucket uses the encryption of its template for each object', async () => {
    const [provider] = place.s3.resourceProviders;
    const made = await provider!.create({
      stackName: 'My-Stack',
      logicalId: 'Bucket1',
      properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'arn:key' } },
          ],
        },
      },
    });
    const Bucket = made.physicalId;
    expect(Bucket).toMatch(/^my-stack-bucket1-[a-z2-7]{12}$/);
    expect(made.attributes.Arn).toBe(`arn:aws:s3:::${Bucket}`);
    const { ServerSideEncryptionConfiguration } = await place.client.send(
      new GetBucketEncryptionCommand({ Bucket }),
    );
    expect(ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault).toEqual({
      SSEAlgorithm: 'aws:kms',
      KMSMasterKeyID: 'arn:key',
    });
    const sse = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'arn:key' };
    expect(await place.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }))).toMatchObject(sse);
    expect(await place.client.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).toMatchObject(sse);
    await expect(provider!.delete(made)).rejects.toMatchObject({ code: 'BucketNotEmpty' });
    await place.client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    await place.client.send(new DeleteBucketCommand({ Bucket }));
    await expect(place.client.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });

  it('Operations that the local S3 does not support are refused by name', async () => {
    await put('acl', 'x');
    await expect(
      place.client.send(new PutObjectAclCommand({ Bucket: BUCKET, Key: 'acl', ACL: 'private' })),
    ).rejects.toMatchObject({ name: 'NotImplemented', message: expect.stringContaining('acl') });
    await expect(put('tagged', 'x', { Tagging: 'a=b' })).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});

describe('Credentials', () => {
  it("Unknown keys, wrong secrets and other regions are refused with S3's codes", async () => {
    const send = (credentials: { accessKeyId: string; secretAccessKey: string }) =>
      place.clientWith({ credentials }).send(new PutObjectCommand({ Bucket: BUCKET, Key: 'x', Body: 'x' }));
    await expect(send({ accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' })).rejects.toMatchObject({
      name: 'InvalidAccessKeyId',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(send({ ...place.context.credentials, secretAccessKey: 'wrong' })).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(
      place.clientWith({ region: 'us-west-2' }).send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'x' })),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });

  it('A presigned URL allows reading and writing until it expires', async () => {
    await put('presigned é+', 'content');
    const read = new GetObjectCommand({
      Bucket: BUCKET,
      Key: 'presigned é+',
      ResponseContentType: 'application/x-special',
    });
    const url = await getSignedUrl(place.client, read, { expiresIn: 60 });
    const answer = await fetch(url);
    expect(await answer.text()).toBe('content');
    expect(answer.headers.get('content-type')).toBe('application/x-special');
    const write = new PutObjectCommand({ Bucket: BUCKET, Key: 'by url' });
    const putUrl = await getSignedUrl(place.client, write, { expiresIn: 60 });
    expect((await fetch(putUrl, { method: 'PUT', body: 'written' })).status).toBe(200);
    expect(await text('by url')).toBe('written');
    const late = await getSignedUrl(place.client, read, {
      expiresIn: 60,
      signingDate: new Date(Date.now() - 61_000),
    });
    const refused = await fetch(late);
    expect([refused.status, await refused.text()]).toEqual([
      403,
      expect.stringContaining('Request has expired'),
    ]);
    const forged = await fetch(url.replace('presigned', 'presignee'));
    expect([forged.status, await forged.text()]).toEqual([
      403,
      expect.stringContaining('SignatureDoesNotMatch'),
    ]);
  });
});
