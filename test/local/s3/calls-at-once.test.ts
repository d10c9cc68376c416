import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createS3, type S3 } from '../../../lib/local/s3/create-s3.js';
import { aHeldStore, type HeldStore } from '../held-store.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { aRequest } from '../wire/test-request.js';

const BUCKET = 'a-bucket';
let store: HeldStore;
let context: TestPlaceContext;
let s3: S3;
beforeEach(async () => {
  store = aHeldStore();
  context = await openTestPlaceContext({ store });
  s3 = await createS3(context, { events: { send: async () => 'event' }, buckets: [BUCKET] });
});
afterEach(() => context.dispose());

/** Calls S3 in the process. */
const call = (method: string, path: string, query = '') => {
  const message = Readable.from([]) as unknown as IncomingMessage;
  return s3.service.handle(aRequest({ method, path, query: new URLSearchParams(query), message }));
};
const deleteBucket = () => call('DELETE', `/${BUCKET}`);
const provider = (type: string) => {
  const found = s3.resourceProviders.find((each) => each.type === type);
  if (found === undefined) throw new Error(`no provider of ${type}`);
  return found;
};
const current = { physicalId: BUCKET, attributes: {} };
const request = (properties: object) => ({ stackName: 's', logicalId: 'It', properties: { ...properties } });
const bucketProperties = { BucketName: BUCKET, NotificationConfiguration: { EventBridgeConfiguration: {} } };
const policy = { Bucket: BUCKET, PolicyDocument: { Statement: [] } };

describe('Two calls of S3 at once', () => {
  it('`CreateMultipartUpload` during `DeleteBucket` leaves no upload of a deleted bucket', async () => {
    await store.duringWrite('s3-uploads', () => call('POST', `/${BUCKET}/a`, 'uploads'), deleteBucket);
    expect([await store.keysIn('s3-buckets'), await store.keysIn('s3-uploads')]).toEqual([[], []]);
  });

  it.each([
    ['bucket', 'AWS::S3::Bucket', bucketProperties],
    ['bucket policy', 'AWS::S3::BucketPolicy', policy],
  ])(
    '`DeleteBucket` during the update of a %s in a template stays in effect',
    async (_what, type, wanted) => {
      const update = () => provider(type).update(current, request(wanted));
      await store.duringWrite('s3-buckets', update, deleteBucket);
      expect(await store.keysIn('s3-buckets')).toEqual([]);
    },
  );

  it('`DeleteBucket` during the deletion of a bucket policy stays in effect', async () => {
    const removal = () => provider('AWS::S3::BucketPolicy').delete(current);
    await store.duringWrite('s3-buckets', removal, deleteBucket);
    expect(await store.keysIn('s3-buckets')).toEqual([]);
  });

  it('A bucket that is updated and whose policy is set at once has both changes', async () => {
    const Statement = [
      { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: `arn:aws:s3:::${BUCKET}/*` },
    ];
    const setPolicy = () =>
      provider('AWS::S3::BucketPolicy').create(request({ Bucket: BUCKET, PolicyDocument: { Statement } }));
    const update = () => provider('AWS::S3::Bucket').update(current, request(bucketProperties));
    await store.duringWrite('s3-buckets', update, setPolicy);
    expect(await store.collection('s3-buckets').get(BUCKET)).toMatchObject({
      sendsEvents: true,
      denials: [{ resources: [`arn:aws:s3:::${BUCKET}/*`] }],
    });
  });

  it('One of two `CreateBucket` of the same name succeeds', async () => {
    const create = () => call('PUT', '/another-bucket');
    const [first, second] = await store.duringWrite('s3-buckets', create, create);
    expect(first).toMatchObject({ status: 'fulfilled', value: { status: 200 } });
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'BucketAlreadyOwnedByYou' } });
  });
});

describe('A list of objects with an empty parameter', () => {
  it('`ListObjectsV2` with an empty `max-keys` has the default, and reports it', async () => {
    await s3.objects.write(BUCKET, 'a', Buffer.from('a'));
    const { body } = await call('GET', `/${BUCKET}`, 'list-type=2&max-keys=');
    expect(body).toContain('<KeyCount>1</KeyCount>');
    expect(body).toContain('<MaxKeys>1000</MaxKeys>');
  });
});
