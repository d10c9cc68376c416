import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { writeDenials } from '../../../lib/local/s3/bucket-policy.js';
import type { JsonObject } from '../../../lib/local/resources/resource-provider.js';
import { BUCKET, openS3TestPlace, type S3TestPlace } from './s3-test-place.js';

const DENY = {
  Sid: 'RefuseOverwrites',
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 's3:PutObject',
  Resource: [`arn:aws:s3:::${BUCKET}/bundles/*`, `arn:aws:s3:::${BUCKET}/runs/*/input/*`],
  Condition: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
};
const policy = (...statements: JsonObject[]): JsonObject => ({
  Version: '2012-10-17',
  Statement: statements,
});

let place: S3TestPlace;

function provider() {
  const found = place.s3.resourceProviders.find(({ type }) => type === 'AWS::S3::BucketPolicy');
  if (found === undefined) throw new Error('no provider of bucket policies');
  return found;
}

async function deploy(document: JsonObject) {
  const properties = { Bucket: BUCKET, PolicyDocument: document };
  return provider().create({ stackName: 'stack', logicalId: 'Policy', properties });
}

const put = (Key: string, Body: string, more: { IfNoneMatch?: string; IfMatch?: string } = {}) =>
  place.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ...more }));

async function textOf(Key: string): Promise<string | undefined> {
  const { Body } = await place.client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  return Body?.transformToString();
}

const denied = (key: string) => ({
  name: 'AccessDenied',
  $metadata: { httpStatusCode: 403 },
  message: `User: arn:aws:iam::123456789012:user/local is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::${BUCKET}/${key}" with an explicit deny in a resource-based policy`,
});

beforeAll(async () => {
  place = await openS3TestPlace();
  await deploy(policy(DENY));
});
afterAll(() => place.dispose());

describe('A bucket whose policy denies writes without If-None-Match', () => {
  it('A put with If-None-Match creates an object, and a second one fails', async () => {
    await put('bundles/a', 'first', { IfNoneMatch: '*' });
    await expect(put('bundles/a', 'second', { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    await expect(textOf('bundles/a')).resolves.toBe('first');
  });

  it('A put without If-None-Match is denied, whether the object exists or not', async () => {
    await put('runs/r/input/i', 'first', { IfNoneMatch: '*' });
    await expect(put('runs/r/input/i', 'second')).rejects.toMatchObject(denied('runs/r/input/i'));
    await expect(put('bundles/new', 'second')).rejects.toMatchObject(denied('bundles/new'));
    await expect(put('bundles/new', 'second', { IfMatch: '"etag"' })).rejects.toMatchObject(
      denied('bundles/new'),
    );
    await expect(textOf('runs/r/input/i')).resolves.toBe('first');
  });

  it('A copy is denied, also onto itself, and an object may be copied to another key', async () => {
    await put('bundles/source', 'content', { IfNoneMatch: '*' });
    const copy = (Key: string) =>
      place.client.send(
        new CopyObjectCommand({
          Bucket: BUCKET,
          Key,
          CopySource: `${BUCKET}/bundles/source`,
          MetadataDirective: 'REPLACE',
        }),
      );
    await expect(copy('bundles/source')).rejects.toMatchObject(denied('bundles/source'));
    await expect(copy('runs/r/input/copy')).rejects.toMatchObject(denied('runs/r/input/copy'));
    await copy('elsewhere/copy');
    await expect(textOf('elsewhere/copy')).resolves.toBe('content');
  });

  it('An upload in parts is completed only with If-None-Match', async () => {
    const at = { Bucket: BUCKET, Key: 'bundles/parts' };
    const { UploadId } = await place.client.send(new CreateMultipartUploadCommand(at));
    const part = { ...at, UploadId, PartNumber: 1, Body: 'part' };
    const { ETag } = await place.client.send(new UploadPartCommand(part));
    const complete = (more: { IfNoneMatch?: string }) =>
      place.client.send(
        new CompleteMultipartUploadCommand({
          ...at,
          UploadId,
          MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] },
          ...more,
        }),
      );

    await expect(complete({})).rejects.toMatchObject(denied('bundles/parts'));
    await complete({ IfNoneMatch: '*' });
    await expect(textOf('bundles/parts')).resolves.toBe('part');
  });

  it('Keys that the policy does not name are written as before', async () => {
    for (const key of ['codeseeder/x/bundle.zip', 'inbox/a', 'runs/r/output/o', 'outputs/arn/o']) {
      await put(key, 'first');
      await put(key, 'second');
      await expect(textOf(key)).resolves.toBe('second');
    }
  });
});

describe('A bucket policy that changes', () => {
  it('A denial ends when its policy is deleted', async () => {
    const deployed = await deploy(policy(DENY));
    await expect(put('bundles/b', 'x')).rejects.toMatchObject({ name: 'AccessDenied' });
    await provider().delete(deployed);
    await put('bundles/b', 'x');
    await deploy(policy(DENY));
  });

  it('A denial without conditions denies every write of its keys', async () => {
    await deploy(policy({ ...DENY, Action: 's3:*', Resource: '*', Condition: {} }));
    await expect(put('anything', 'x', { IfNoneMatch: '*' })).rejects.toMatchObject(denied('anything'));
    await deploy(policy(DENY));
  });

  it('A policy of a bucket that does not exist is refused', async () => {
    const properties = { Bucket: 'missing', PolicyDocument: policy(DENY) };
    await expect(
      provider().create({ stackName: 'stack', logicalId: 'Policy', properties }),
    ).rejects.toMatchObject({ code: 'NoSuchBucket' });
  });
});

describe('writeDenials', () => {
  it.each<[string, JsonObject]>([
    ['an allowance', { ...DENY, Effect: 'Allow' }],
    ['a principal', { ...DENY, Principal: { AWS: 'arn:aws:iam::000000000000:role/r' } }],
    ['another action', { ...DENY, Action: 's3:GetObject' }],
    ['TLS', { ...DENY, Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
    ['an unknown operator', { ...DENY, Condition: { StringLike: { 's3:if-none-match': '*' } } }],
    [
      'an unknown key beside a known one',
      { ...DENY, Condition: { ...DENY.Condition, StringEquals: { 'aws:PrincipalTag/a': 'b' } } },
    ],
  ])('A statement about %s does not deny a write', (_what, statement) => {
    expect(writeDenials(policy(statement))).toEqual([]);
  });

  it('A single statement, lists, other cases of keys and booleans are read', () => {
    const statement = {
      ...DENY,
      Principal: '*',
      Action: ['s3:GetObject', 'S3:Put*'],
      Condition: {
        Bool: { 'S3:OBJECTCREATIONOPERATION': true },
        StringEquals: { 's3:if-none-match': ['*'] },
      },
    };
    expect(writeDenials({ Statement: statement })).toEqual([
      {
        resources: DENY.Resource,
        conditions: {
          Bool: { 's3:objectcreationoperation': ['true'] },
          StringEquals: { 's3:if-none-match': ['*'] },
        },
      },
    ]);
  });
});
