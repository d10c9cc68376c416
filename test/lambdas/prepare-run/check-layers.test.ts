import { CopyObjectCommand, DeleteObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { SINGLE_PUT_MAX_BYTES } from '../../../lib/contract/index.js';
import { A_SHA256, aLayer, aPrebuiltLayer } from '../../contract/builders.js';
import { s3Error } from '../s3-answers.js';
import { s3, prepare, bundleIs, resetBucket } from './mocked-bucket.js';

beforeEach(resetBucket);

const KEY = `bundles/${A_SHA256}.zip`;
const missing = (message: RegExp) =>
  expect.objectContaining({ code: 'BundleMissing', message: expect.stringMatching(message) });
const deleted = () => s3.commandCalls(DeleteObjectCommand).map(({ args: [{ input }] }) => input);
const copied = () => s3.commandCalls(CopyObjectCommand).map(({ args: [{ input }] }) => input);

describe('a layer', () => {
  it.each<[string, object, RegExp]>([
    ['has another size', { ContentLength: 1235 }, /1235 bytes instead of the request's 1234/],
    [
      'has another checksum',
      { ChecksumSHA256: Buffer.alloc(32, 1).toString('base64') },
      /AQEBAQ.* instead of/,
    ],
    ['has no checksum', { ChecksumSHA256: undefined }, /checksum \(none\) instead of/],
  ])('A layer that %s is deleted, and the bundle is reported as missing', async (_, head, message) => {
    bundleIs(head);

    await expect(prepare()).rejects.toThrow(missing(message));
    expect(deleted()).toEqual([{ Bucket: 'bucket', Key: KEY }]);
  });

  it.each<[string, object]>([
    ['the checksum in its name', {}],
    ['a checksum of parts', { ChecksumSHA256: `${Buffer.alloc(32, 1).toString('base64')}-2` }],
  ])('A prebuilt zip with %s is kept when a request claims another one', async (_, head) => {
    bundleIs(head);
    const forged = {
      ...aPrebuiltLayer(),
      checksumSha256: `${Buffer.alloc(32, 2).toString('base64')}-9`,
      sizeBytes: SINGLE_PUT_MAX_BYTES + 1,
    };

    await expect(prepare({ bundle: { layers: [forged] } })).rejects.toThrow(missing(/1234 bytes instead of/));
    expect(deleted()).toEqual([]);
  });

  it('A zip under the key of a prebuilt zip that is another one is deleted', async () => {
    bundleIs({ ChecksumSHA256: Buffer.alloc(32, 1).toString('base64') });
    const layer = aPrebuiltLayer();

    await expect(prepare({ bundle: { layers: [layer] } })).rejects.toThrow(missing(/was deleted/));
    expect(deleted()).toEqual([{ Bucket: 'bucket', Key: layer.key }]);
  });

  it('A prebuilt zip that cannot be copied is refused on its last day, but not deleted', async () => {
    bundleIs({ LastModified: new Date('2026-01-30T09:00:00Z') });
    await expect(prepare({ bundle: { layers: [aPrebuiltLayer()] } })).rejects.toThrow(
      missing(/expires within a day/),
    );
    expect(deleted()).toEqual([]);
  });

  it('A layer that does not exist is reported as missing, and nothing is deleted', async () => {
    s3.on(HeadObjectCommand).rejects(s3Error('NotFound', 404));

    await expect(prepare()).rejects.toThrow(missing(/There is no layer s3:\/\/bucket\/bundles\/a/));
    expect(deleted()).toEqual([]);
  });

  it('A fault of S3 is thrown unchanged although another layer is missing', async () => {
    s3.on(HeadObjectCommand).rejectsOnce(s3Error('NotFound', 404)).rejects(s3Error('SlowDown', 503));
    const layers = [aLayer(), aLayer({ digest: 'b'.repeat(64) })];

    await expect(prepare({ bundle: { layers } })).rejects.toThrow(
      expect.objectContaining({ name: 'SlowDown' }),
    );
  });

  it('The checksum of each layer of a bundle is requested', async () => {
    const other = aLayer({ digest: 'b'.repeat(64) });
    await prepare({ bundle: { layers: [aLayer(), other] } });

    expect(s3.commandCalls(HeadObjectCommand).map(({ args: [{ input }] }) => input)).toEqual(
      [KEY, other.key].map((Key) => ({ Bucket: 'bucket', Key, ChecksumMode: 'ENABLED' })),
    );
  });

  it('A layer in the first half of its expiration age is not copied', async () => {
    bundleIs({ LastModified: new Date('2026-02-14T10:00:01Z') });
    await prepare();

    expect(copied()).toHaveLength(0);
  });
});

describe('a layer that was uploaded in parts', () => {
  const composite = `${Buffer.alloc(32, 9).toString('base64')}-81`;
  const sizeBytes = SINGLE_PUT_MAX_BYTES + 1;
  const bundle = { layers: [aLayer({ checksumSha256: composite, sizeBytes })] };
  const isModified = (at: string) =>
    bundleIs({ ContentLength: sizeBytes, ChecksumSHA256: composite, LastModified: new Date(at) });

  it('A layer uploaded in parts of another size is checked by the checksum over its parts, and is not copied', async () => {
    isModified('2026-01-31T10:00:01Z');
    await prepare({ bundle });

    expect([...copied(), ...deleted()]).toEqual([]);
  });

  it('A layer uploaded in parts of another size is deleted on its last day, so that the client uploads it again', async () => {
    isModified('2026-01-31T09:59:59Z');

    await expect(prepare({ bundle })).rejects.toThrow(missing(/was about to expire and was deleted/));
    expect(deleted()).toEqual([{ Bucket: 'bucket', Key: KEY }]);
  });
});
