import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { contentDigest, newTarget, targetKey, withVersion } from '../../lib/contract/index.js';
import { listTargets } from '../../lib/run-store/targets.js';
import { objectWith } from '../lambdas/s3-answers.js';

const s3 = mockClient(S3Client);

it('`listTargets` sorts targets by name, also across pages of keys', async () => {
  const keys = ['a-b', 'a-c', 'a', 'b'].map(targetKey);
  s3.on(ListObjectsV2Command).resolves({
    Contents: keys.slice(0, 2).map((Key) => ({ Key })),
    NextContinuationToken: 'more',
  });
  s3.on(ListObjectsV2Command, { ContinuationToken: 'more' }).resolves({
    Contents: keys.slice(2).map((Key) => ({ Key })),
  });
  for (const name of ['a-b', 'a-c', 'a', 'b']) {
    const state = withVersion(newTarget(name), {
      publication: 'pub-1',
      definition: contentDigest(Buffer.from('{}')),
      kind: 'commands',
      runs: 'make',
      publishedAt: '2026-01-01T00:00:00.000Z',
    });
    s3.on(GetObjectCommand, { Key: targetKey(name) }).resolves(objectWith(JSON.stringify(state)));
  }

  const listed = await listTargets({ s3: new S3Client({}), bucket: 'bucket' });

  expect(listed.map(({ name }) => name)).toEqual(['a', 'a-b', 'a-c', 'b']);
});
