import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { sweepLayers } from '../../../client/targets/remove-versions.js';
import {
  definitionKey,
  newTarget,
  publishedLayerKey,
  type TargetState,
  withVersion,
} from '../../../lib/contract/index.js';
import { changeTarget } from '../../../lib/run-store/targets.js';
import { objectWith } from '../../lambdas/s3-answers.js';

const s3 = mockClient(S3Client);
const files = { s3: new S3Client({}), bucket: 'bucket' };
const HOUR_MS = 3_600_000;
const published = (publication: string) => ({
  publication,
  definition: { sha256: 'a'.repeat(64), sizeBytes: 1 },
  kind: 'commands' as const,
  runs: 'true',
  publishedAt: '2026-01-01T00:00:00.000Z',
});
const layer = (publication: string, name = 'deploys') =>
  publishedLayerKey(name, publication, 'bundles/0f1e.zip');
const deleted = () => s3.commandCalls(DeleteObjectCommand).map((call) => call.args[0].input.Key);

beforeEach(() => {
  s3.reset();
  s3.on(DeleteObjectCommand).resolves({});
});

describe('the sweep of layers that no version names', () => {
  const bucketHas = (hoursByPublication: Readonly<Record<string, number>>) =>
    s3.on(ListObjectsV2Command).resolves({
      Contents: Object.entries(hoursByPublication).map(([publication, hours]) => ({
        Key: layer(publication),
        LastModified: new Date(Date.now() - hours * HOUR_MS),
      })),
    });
  const state: TargetState = withVersion(newTarget('deploys'), published('in-use'));

  it('Layers of a version are kept however old they are, and those that no version names are deleted after a day', async () => {
    bucketHas({ 'in-use': 9_000, abandoned: 25 });
    await sweepLayers(state, [], files);
    expect(deleted()).toEqual([layer('abandoned')]);
  });

  it('Layers that were just uploaded are kept, because their publication may be about to add its version', async () => {
    bucketHas({ 'just-uploaded': 0, 'of-today': 23 });
    await sweepLayers(state, [], files);
    expect(deleted()).toEqual([]);
  });

  it('Layers and the definition of a version that was removed are deleted at once', async () => {
    bucketHas({ 'in-use': 0, removed: 0 });
    await sweepLayers(state, ['removed'], files);
    expect(deleted()).toEqual([layer('removed'), definitionKey('deploys', 'removed')]);
  });

  it('The sweep lists only the layers of its own target', async () => {
    bucketHas({});
    await sweepLayers(state, [], files);
    const [list] = s3.commandCalls(ListObjectsV2Command);
    expect(list?.args[0].input.Prefix).toBe('published/layers/deploys/');
  });
});

describe('changes of a target at the same time', () => {
  it('A change that loses against another is repeated on what the other wrote, so that no version is lost', async () => {
    let stored = newTarget('deploys');
    let etag = 0;
    s3.on(GetObjectCommand).callsFake(async () => ({
      ...objectWith(JSON.stringify(stored)),
      ETag: `"${etag}"`,
    }));
    s3.on(PutObjectCommand).callsFake(async ({ Body, IfMatch }: { Body: string; IfMatch?: string }) => {
      if (IfMatch !== String(etag)) {
        throw Object.assign(new Error('changed'), { $metadata: { httpStatusCode: 412 } });
      }
      stored = JSON.parse(Body) as TargetState;
      etag += 1;
      return {};
    });
    const names = ['one', 'two', 'three'];
    await Promise.all(
      names.map((name) => changeTarget('deploys', (target) => withVersion(target, published(name)), files)),
    );
    expect(stored.versions.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(stored.versions.map(({ publication }) => publication).toSorted()).toEqual(names.toSorted());
  });
});
