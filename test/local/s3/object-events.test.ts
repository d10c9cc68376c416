import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createS3 } from '../../../lib/local/s3/create-s3.js';
import type { JsonObject } from '../../../lib/local/resources/resource-provider.js';
import { BUCKET, openS3TestPlace, type S3TestPlace } from './s3-test-place.js';

const TOLD = 'telling-bucket';
const EVENTS = { EventBridgeConfiguration: { EventBridgeEnabled: true } };

let place: S3TestPlace;
beforeEach(async () => {
  place = await openS3TestPlace();
  await provideBucket(EVENTS);
});
afterEach(() => place.dispose());

function bucketProvider() {
  const provider = place.s3.resourceProviders.find(({ type }) => type === 'AWS::S3::Bucket');
  if (provider === undefined) throw new Error('no provider of buckets');
  return provider;
}

function bucketRequest(NotificationConfiguration: JsonObject) {
  return {
    stackName: 'stack',
    logicalId: 'Bucket',
    properties: { BucketName: TOLD, NotificationConfiguration },
  };
}

async function provideBucket(configuration: JsonObject) {
  const request = bucketRequest(configuration);
  bucketProvider().check?.(request);
  return bucketProvider().create(request);
}

const details = () => place.told.map(({ detail }) => JSON.parse(detail) as Record<string, unknown>);

describe('A bucket with EventBridge events', () => {
  it('A bucket with EventBridge events sends the same event as the service for a put', async () => {
    const answer = await place.client.send(
      new PutObjectCommand({ Bucket: TOLD, Key: 'inbox/é 1.request.json', Body: 'hello' }),
    );
    expect(place.told).toEqual([
      {
        source: 'aws.s3',
        detailType: 'Object Created',
        resources: [`arn:aws:s3:::${TOLD}`],
        detail: expect.any(String),
      },
    ]);
    expect(details()).toEqual([
      {
        version: '0',
        bucket: { name: TOLD },
        object: {
          key: 'inbox/é 1.request.json',
          size: 5,
          etag: answer.ETag?.replaceAll('"', ''),
          sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
        },
        'request-id': answer.$metadata.requestId,
        requester: place.context.account,
        'source-ip-address': '127.0.0.1',
        reason: 'PutObject',
      },
    ]);
  });

  it('A bucket sends an event for a copy, a multipart upload, and an object that another service writes', async () => {
    await place.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'source', Body: 'x' }));
    await place.client.send(
      new CopyObjectCommand({ Bucket: TOLD, Key: 'copy', CopySource: `${BUCKET}/source` }),
    );
    const upload = { Bucket: TOLD, Key: 'parts' };
    const { UploadId } = await place.client.send(new CreateMultipartUploadCommand(upload));
    const { ETag } = await place.client.send(
      new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'part' }),
    );
    await place.client.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
      }),
    );
    await place.s3.objects.write(TOLD, 'written', Buffer.from('w'));
    expect(details()).toMatchObject([
      { reason: 'CopyObject', object: { key: 'copy', size: 1 } },
      { reason: 'CompleteMultipartUpload', object: { key: 'parts', size: 4 } },
      { reason: 'PutObject', object: { key: 'written', size: 1 } },
    ]);
    const sequencers = details().map(({ object }) => (object as { sequencer: string }).sequencer);
    expect(sequencers).toEqual([...new Set(sequencers)].sort());
  });

  it('A bucket sends no event for a refused put or a deletion', async () => {
    const put = { Bucket: TOLD, Key: 'once', Body: 'x', IfNoneMatch: '*' };
    await place.client.send(new PutObjectCommand(put));
    await expect(place.client.send(new PutObjectCommand(put))).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    await place.client.send(new DeleteObjectCommand({ Bucket: TOLD, Key: 'once' }));
    expect(place.told).toHaveLength(1);
  });

  it('A bucket sends no events after its template disables them', async () => {
    const current = await provideBucket(EVENTS);
    const off = bucketRequest({ EventBridgeConfiguration: { EventBridgeEnabled: false } });
    await bucketProvider().update(current, off);
    await place.client.send(new PutObjectCommand({ Bucket: TOLD, Key: 'k', Body: 'x' }));
    expect(place.told).toEqual([]);
  });

  it('An object whose event could not be sent is kept, and the problem is reported', async () => {
    const failing = await createS3(place.context, {
      events: { send: async () => Promise.reject(new Error('no bus')) },
    });
    await failing.objects.write(TOLD, 'kept', Buffer.from('x'));
    const { body, sizeBytes } = await failing.objects.read(TOLD, 'kept');
    body.destroy();
    expect(sizeBytes).toBe(1);
    expect(place.context.problems.join()).toContain(`${TOLD}/kept`);
  });
});

describe('A bucket without EventBridge events', () => {
  it('A bucket without EventBridge events sends no events', async () => {
    await place.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'k', Body: 'x' }));
    expect(place.told).toEqual([]);
  });

  it.each<[JsonObject, RegExp]>([
    [{ LambdaConfigurations: [] }, /NotificationConfiguration\.LambdaConfigurations/],
    [{ ...EVENTS, QueueConfigurations: [] }, /NotificationConfiguration\.QueueConfigurations/],
    [{ EventBridgeConfiguration: { Colour: 'red' } }, /EventBridgeConfiguration has no member Colour/],
  ])('A bucket of a template is refused with the configuration %j', async (configuration, message) => {
    await expect(provideBucket(configuration)).rejects.toThrow(message);
  });
});
