import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { checkLayers } from '../../../lambdas/prepare-run/check-layers.js';
import { keysOfLayer, type LayerReference, PART_BYTES, partsOf } from '../../../lib/contract/index.js';
import { aLayer } from '../../contract/builders.js';
import { BUCKET, openS3TestPlace, type S3TestPlace } from '../../local/s3/s3-test-place.js';

const DAY_MS = 86_400_000;
const LIFE_DAYS = 30;
const CONTENT = Buffer.from('the zip of a layer');
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('base64');
const layer = aLayer({ checksumSha256: sha256(CONTENT), sizeBytes: CONTENT.length });
const [OWN, FIRST, SECOND] = keysOfLayer(layer.key);

let place: S3TestPlace;

beforeEach(async () => {
  place = await openS3TestPlace();
});
afterEach(() => place.dispose());

const put = (Key: string, Body: Buffer = CONTENT) =>
  place.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ChecksumSHA256: sha256(Body) }));

/**
 * Checks the layer some days after its objects were stored, in simulated time.
 * @returns the key that the build reads
 */
async function keyAfter(days: number, of: LayerReference = layer): Promise<string | undefined> {
  const now = () => new Date(Date.now() + days * DAY_MS);
  const files = { s3: place.client, bucket: BUCKET };
  return (await checkLayers({ layers: [of] }, { ...files, bundleExpirationDays: LIFE_DAYS, now }))[0];
}

async function keys(): Promise<string[]> {
  const { Contents = [] } = await place.client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  return Contents.map(({ Key = '' }) => Key);
}

const remove = (Key: string) => place.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));

const head = (Key: string) =>
  place.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key, ChecksumMode: 'ENABLED' }));

describe('A layer past half its life', () => {
  it('A layer in the first half of its expiration age is read under its own key', async () => {
    await put(OWN);

    await expect(keyAfter(14)).resolves.toBe(OWN);
    await expect(keys()).resolves.toEqual([OWN]);
  });

  it('A layer that has reached half of its expiration age is copied to its next key, with the checksum of the request', async () => {
    await put(OWN);

    await expect(keyAfter(16)).resolves.toBe(FIRST);
    expect(await head(FIRST)).toMatchObject({
      ContentLength: CONTENT.length,
      ChecksumSHA256: `${sha256(Buffer.from(layer.checksumSha256, 'base64'))}-1`,
    });
    await expect(keyAfter(14)).resolves.toBe(OWN);
  });

  it('A request that names the first key can run for years, because each copy is renewed by the next one', async () => {
    await put(OWN);
    await keyAfter(16);
    await remove(OWN);

    await expect(keyAfter(1)).resolves.toBe(FIRST);
    await expect(keyAfter(16)).resolves.toBe(OWN);
    await remove(FIRST);
    await expect(keyAfter(16)).resolves.toBe(FIRST);
  });

  it('A layer whose keys are all taken is read from the copy that expires last, and is deleted on the last day', async () => {
    for (const key of [OWN, FIRST, SECOND]) await put(key, key === FIRST ? Buffer.from('another') : CONTENT);

    await expect(keyAfter(16)).resolves.not.toBe(FIRST);
    await expect(keyAfter(29.5)).rejects.toMatchObject({ code: 'BundleMissing' });
  });

  it('An object with other content under the next key is neither read nor deleted', async () => {
    await put(OWN);
    await put(FIRST, Buffer.from('another content'));

    await expect(keyAfter(16)).resolves.toBe(SECOND);
    await expect(keys()).resolves.toEqual([FIRST, SECOND, OWN]);
  });

  it("An object with other content under the layer's own key is kept while a copy has the right content", async () => {
    await put(OWN);
    await keyAfter(16);
    await remove(OWN);
    await put(OWN, Buffer.from('compressed to other bytes'));

    await expect(keyAfter(1)).resolves.toBe(FIRST);
    await expect(keys()).resolves.toContain(OWN);
  });

  it('A layer that was uploaded in parts is copied in the same parts, with the same checksum', async () => {
    const content = Buffer.alloc(PART_BYTES + 5, 'x');
    const inParts = await putInParts(OWN, content);

    await expect(keyAfter(16, inParts)).resolves.toBe(FIRST);
    expect(await head(FIRST)).toMatchObject({ ChecksumSHA256: inParts.checksumSha256 });
  });

  it('A copy whose parts do not have the checksum of the request is not completed', async () => {
    const content = Buffer.alloc(PART_BYTES + 5, 'x');
    const inParts = await putInParts(OWN, content, PART_BYTES - 5);

    await expect(keyAfter(16, inParts)).resolves.toBe(OWN);
    await expect(keys()).resolves.toEqual([OWN]);
    const { Uploads = [] } = await place.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
    expect(Uploads).toEqual([]);
  });
});

/** Uploads a layer in parts. @param partBytes size of the first part */
async function putInParts(Key: string, content: Buffer, partBytes = PART_BYTES): Promise<LayerReference> {
  const upload = { Bucket: BUCKET, Key };
  const created = await place.client.send(
    new CreateMultipartUploadCommand({ ...upload, ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' }),
  );
  const { UploadId } = created;
  const Parts = [];
  for (const { number: PartNumber, start, end } of partsOf(content.length, partBytes)) {
    const Body = content.subarray(start, end);
    const ChecksumSHA256 = sha256(Body);
    const part = { ...upload, UploadId, PartNumber, Body, ChecksumSHA256 };
    const { ETag } = await place.client.send(new UploadPartCommand(part));
    Parts.push({ PartNumber, ETag, ChecksumSHA256 });
  }
  const { ChecksumSHA256 = '' } = await place.client.send(
    new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts } }),
  );
  return aLayer({ checksumSha256: ChecksumSHA256, sizeBytes: content.length });
}
