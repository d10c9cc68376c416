import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit } from '../../client/index.js';
import { RUN_REFUSED } from '../../lib/contract/index.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';
import { allReceived, received, subscribe } from './received-events.js';

let place: SharedSeedkit;
let s3: S3Client;

beforeAll(async () => {
  place = await sharedSeedkit();
  s3 = new S3Client({ forcePathStyle: true });
  await subscribe(place);
});

async function put(key: string, content: unknown): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: place.outputs['Bucket'] ?? '',
      Key: key,
      Body: typeof content === 'string' ? content : JSON.stringify(content),
    }),
  );
}

describe('The inbox', () => {
  it('A request that is put into the inbox starts its run', async () => {
    await put('inbox/by hand.request.json', {
      version: 1,
      runId: 'from-the-inbox',
      invocation: { kind: 'commands', target: ['echo "from the inbox"'] },
    });
    const { detail } = await received(
      (event) => event.detail.runId === 'from-the-inbox' && event.detail.status === 'SUCCEEDED',
    );

    expect(detail).toMatchObject({ trigger: 'INBOX', target: 'echo "from the inbox"' });
    await expect(seedkit(place.name).runs.get('from-the-inbox')).resolves.toMatchObject({
      status: 'SUCCEEDED',
      trigger: 'INBOX',
    });
  });

  it('A request may name an invocation object beside it, which itself starts no run and is not refused', async () => {
    await put('inbox/call.json', { kind: 'commands', target: ['echo "beside"'] });
    await put('inbox/call.request.json', { version: 1, runId: 'beside', inputKey: 'inbox/call.json' });
    await received((event) => event.detail.runId === 'beside' && event.detail.status === 'SUCCEEDED');

    const refusals = (await allReceived()).filter(
      (event) => event['detail-type'] === RUN_REFUSED && event.detail.message.includes('inbox/call'),
    );
    expect(refusals).toEqual([]);
  });

  it('A request that is refused is announced with the failure code', async () => {
    await put('inbox/broken.request.json', '{');
    const event = await received(({ detail }) => detail.message?.includes('inbox/broken') ?? false);

    expect(event['detail-type']).toBe(RUN_REFUSED);
    expect(event.detail).toMatchObject({ version: 1, code: 'InvalidRequest' });
  });
});
