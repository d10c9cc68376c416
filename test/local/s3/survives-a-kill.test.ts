import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createS3 } from '../../../lib/local/s3/create-s3.js';
import { BUCKET, openS3TestPlace, type S3TestPlace } from './s3-test-place.js';

let place: S3TestPlace;
beforeEach(async () => {
  place = await openS3TestPlace();
});
afterEach(() => place.dispose());

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

describe('Objects', () => {
  it('Objects are kept after a restart, and incomplete content is removed', async () => {
    await place.s3.objects.write(BUCKET, 'kept', Buffer.from('content'));
    const data = join(place.context.dataFolder, 's3');
    await mkdir(join(data, 'blobs', 'ff'), { recursive: true });
    await writeFile(join(data, 'incoming', 'half'), 'half');
    await writeFile(join(data, 'blobs', 'ff', 'ff-without-an-object'), 'orphan');
    const again = await createS3(place.context, { events: { send: async () => '' } });
    const { body, sizeBytes } = await again.objects.read(BUCKET, 'kept');
    expect([await text(body), sizeBytes]).toEqual(['content', 7]);
    expect(await filesBelow(data)).toHaveLength(1);
  });

  it('Reading an object whose content was removed from the folder fails with a message, and is reported as a problem', async () => {
    await place.s3.objects.write(BUCKET, 'taken', Buffer.from('content'));
    await rm(join(place.context.dataFolder, 's3', 'blobs'), { recursive: true });
    await expect(place.s3.objects.read(BUCKET, 'taken')).rejects.toThrow(/a-bucket\/taken is missing/);
    expect(place.context.problems).toEqual([]);
    await expect(
      place.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'taken' })),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(place.context.problems).toEqual([expect.stringMatching(/^s3 failed at GET \/a-bucket\/taken/)]);
  });

  it('An object is not created and leaves no file when the connection is closed in the middle', async () => {
    const command = new PutObjectCommand({ Bucket: BUCKET, Key: 'broken' });
    const url = new URL(await getSignedUrl(place.client, command));
    const socket = connect(Number(url.port), '127.0.0.1');
    socket.write(
      `PUT ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-length: 1000000\r\n\r\n${'x'.repeat(300_000)}`,
    );
    const incoming = join(place.context.dataFolder, 's3', 'incoming');
    await until(async () => (await readdir(incoming)).length === 1);
    socket.destroy();
    await until(async () => (await readdir(incoming)).length === 0);
    await expect(place.s3.objects.read(BUCKET, 'broken')).rejects.toMatchObject({ code: 'NoSuchKey' });
    expect(place.context.problems).toEqual([]);
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
