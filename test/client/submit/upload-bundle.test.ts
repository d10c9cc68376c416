import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { Connection } from '../../../client/connection/connection.js';
import type { ProgressEvent } from '../../../client/index.js';
import { uploadBundle } from '../../../client/submit/upload-bundle.js';
import { bundleDigest, type LayerReference, prebuiltLayerKey } from '../../../lib/contract/index.js';
import { BUCKET, openS3TestPlace, type S3TestPlace } from '../../local/s3/s3-test-place.js';
import { fakeLayer } from './fake-layer.js';

let place: S3TestPlace;
let client: S3Client;
let connection: Connection;

beforeEach(async () => {
  place = await openS3TestPlace();
  // A silent logger, as the client uses. Without one, the SDK warns that it cannot send a stream twice.
  const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
  client = place.clientWith({ logger: silent });
  connection = {
    seedkit: 'demo',
    clients: { s3: async () => client },
    deployed: async () => ({ bucket: BUCKET }),
  } as unknown as Connection;
});
afterEach(() => place.dispose());

const MIB = 1024 ** 2;
const IN_PARTS = { singlePutMaxBytes: 6 * MIB, partBytes: 5 * MIB };
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest();

/** Returns bytes that are different in each part of an upload. */
function someBytes(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  for (let at = 0; at < sizeBytes; at += MIB) bytes.write(`piece ${at}`, at);
  return bytes;
}

async function contentOf(Key: string): Promise<Buffer> {
  const { Body } = await place.client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}
async function keys(): Promise<string[]> {
  const { Contents = [] } = await place.client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  return Contents.map(({ Key = '' }) => Key);
}
const checksumOf = async (Key: string) =>
  (await place.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key, ChecksumMode: 'ENABLED' })))
    .ChecksumSHA256;

describe('the layers of a bundle', () => {
  it('The layers of a bundle are stored with their checksums, and so is the list of them', async () => {
    const layers = [fakeLayer('code', Buffer.from('zip 1')), fakeLayer('dirs/app', Buffer.from('zip 2'))];
    const references = await uploadBundle(layers, connection, {});

    expect(references).toEqual(
      layers.map(({ key, digest }, index) => {
        const content = Buffer.from(`zip ${index + 1}`);
        return { key, digest, sizeBytes: 5, checksumSha256: sha256(content).toString('base64') };
      }),
    );
    expect((await contentOf(layers[1]?.key ?? '')).toString()).toBe('zip 2');
    expect(await checksumOf(layers[0]?.key ?? '')).toBe(references[0]?.checksumSha256);
    const list = await contentOf(`bundles/${bundleDigest(layers)}.json`);
    expect(JSON.parse(list.toString())).toEqual({ version: 1, layers: references });
    expect(layers.map(({ open }) => open())).toEqual([0, 0]);
  });

  it('Layers that are already stored are neither packed nor sent, and have the checksum that S3 reports', async () => {
    const [first, theirs] = [
      fakeLayer('code', Buffer.from('of another compressor')),
      fakeLayer('app', Buffer.of(1)),
    ];
    const before = await uploadBundle([first], connection, {});
    const same = fakeLayer('code', Buffer.from('of this one'));
    const events: ProgressEvent[] = [];
    const references = await uploadBundle([same, theirs], connection, {
      onProgress: (event) => events.push(event),
    });

    expect(references[0]).toEqual(before[0]);
    expect([same.writes(), theirs.writes()]).toEqual([0, 1]);
    expect(events).toEqual([
      { type: 'uploaded', layer: 'code', key: same.key, alreadyPresent: true },
      { type: 'uploading', layer: 'app', key: theirs.key, sizeBytes: 1 },
      { type: 'uploaded', layer: 'app', key: theirs.key, alreadyPresent: false },
    ]);
  });

  it('An object without a SHA-256 is not overwritten: the request names the right one, and prepare-run deletes the object', async () => {
    const layer = fakeLayer('code', Buffer.from('the zip'));
    await place.client.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: layer.key, Body: 'whatever', ChecksumAlgorithm: 'CRC32' }),
    );
    const [reference] = await uploadBundle([layer], connection, {});

    expect((await contentOf(layer.key)).toString()).toBe('whatever');
    expect(reference).toMatchObject({
      checksumSha256: sha256(Buffer.from('the zip')).toString('base64'),
      sizeBytes: 7,
    });
  });

  it("The list of a bundle's layers is stored again after it expired", async () => {
    const layer = fakeLayer('code', Buffer.from('the zip'));
    await uploadBundle([layer], connection, {});
    const Key = `bundles/${bundleDigest([layer])}.json`;
    await place.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
    await uploadBundle([layer], connection, {});

    expect(await keys()).toEqual([Key, layer.key].sort());
  });

  it('Layers are released, and no more are packed, when one of them cannot be packed', async () => {
    const broken = fakeLayer('broken', Buffer.of(), {
      write: async () => {
        throw new Error('a file changed');
      },
    });
    const [before, after] = [fakeLayer('before', Buffer.from('1')), fakeLayer('after', Buffer.from('2'))];

    await expect(uploadBundle([before, broken, after], connection, {})).rejects.toThrow('a file changed');
    expect([before.open(), after.writes()]).toEqual([0, 0]);
    expect((await keys()).filter((key) => key.endsWith('.json'))).toEqual([]);
  });

  it('Layers are not sent after the caller aborted', async () => {
    const layer = fakeLayer('code', Buffer.from('1'));
    const signal = AbortSignal.abort(new Error('changed my mind'));

    await expect(uploadBundle([layer], connection, { signal })).rejects.toThrow('changed my mind');
    expect(await keys()).toEqual([]);
  });
});

describe('a prebuilt zip under whose key another client stored other bytes', () => {
  /**
   * Stores `theirs` under the key of a zip. Then uploads the zip, and returns the client's reference to the layer.
   */
  async function referenceAfter(theirs: Buffer, zip: Buffer): Promise<LayerReference | undefined> {
    const { digest: _, ...rest } = fakeLayer('prebuilt', zip);
    const layer = { ...rest, key: prebuiltLayerKey(sha256(zip).toString('hex')) };
    const other = { ...fakeLayer('theirs', theirs), key: layer.key };
    await uploadBundle([other], connection, { limits: IN_PARTS });
    const references = await uploadBundle([layer], connection, { limits: IN_PARTS });
    expect(layer.open()).toBe(0);
    return references[0];
  }
  const large = someBytes(12 * MIB);
  const changed = Buffer.from(large);
  changed[7] = 1;

  it.each([
    ['in one part', Buffer.from('other bytes'), Buffer.from('the zip')],
    ['in parts, where the zip itself is smaller', large, Buffer.from('the zip')],
    ['in parts as the zip itself', changed, large],
  ])('A request refers to the bytes of its own client, not to those stored %s', async (_, theirs, zip) => {
    const checksumSha256 = sha256(zip).toString('base64');
    expect(await referenceAfter(theirs, zip)).toMatchObject({ checksumSha256, sizeBytes: zip.length });
  });

  it('A prebuilt zip that another client stored in parts is used if its parts are the same', async () => {
    const reference = await referenceAfter(large, Buffer.from(large));
    expect(reference).toMatchObject({
      checksumSha256: expect.stringMatching(/-3$/),
      sizeBytes: large.length,
    });
  });
});

describe('a layer that is too large for one put', () => {
  const unfinished = async () =>
    (await place.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }))).Uploads ?? [];

  it('A layer too large for one put is stored in parts, with the checksum over those of its parts', async () => {
    const content = someBytes(23 * MIB + 7);
    const layer = fakeLayer('large', content);
    const [reference] = await uploadBundle([layer], connection, { limits: IN_PARTS });
    const ofParts = [0, 5, 10, 15, 20].map((start) =>
      sha256(content.subarray(start * MIB, Math.min((start + 5) * MIB, content.length))),
    );

    expect(reference).toMatchObject({
      sizeBytes: content.length,
      checksumSha256: `${sha256(Buffer.concat(ofParts)).toString('base64')}-5`,
    });
    expect(await checksumOf(layer.key)).toBe(reference?.checksumSha256);
    expect((await contentOf(layer.key)).equals(content)).toBe(true);
    expect(layer.open()).toBe(0);
  });

  it('A layer that another client stored during the upload is used, and no parts are left behind', async () => {
    const layer = fakeLayer('large', someBytes(7 * MIB));
    let isPut = false;
    const raced: Connection['clients']['s3'] = async () =>
      new Proxy(client, {
        get: (target, name) =>
          name === 'send'
            ? async (command: { constructor: { name: string } }, ...rest: []) => {
                if (command.constructor.name === 'CompleteMultipartUploadCommand' && !isPut) {
                  isPut = true;
                  await uploadBundle([fakeLayer('large', Buffer.from('theirs'))], connection, {});
                }
                return target.send(command as never, ...rest);
              }
            : (Reflect.get(target, name) as unknown),
      });
    const racing = { ...connection, clients: { ...connection.clients, s3: raced } };
    const [reference] = await uploadBundle([layer], racing, { limits: IN_PARTS });

    expect(reference).toMatchObject({ sizeBytes: 6 });
    expect(await unfinished()).toEqual([]);
  });

  it('A layer whose parts cannot be sent leaves none of them behind', async () => {
    const layer = fakeLayer('large', someBytes(12 * MIB));
    const failing: Connection['clients']['s3'] = async () =>
      new Proxy(client, {
        get: (target, name) =>
          name === 'send'
            ? async (
                command: { constructor: { name: string }; input: { PartNumber?: number } },
                ...rest: []
              ) => {
                if (command.constructor.name === 'UploadPartCommand' && command.input.PartNumber === 2) {
                  throw Object.assign(new Error('denied'), { $metadata: { httpStatusCode: 403 } });
                }
                return target.send(command as never, ...rest);
              }
            : (Reflect.get(target, name) as unknown),
      });
    const broken = { ...connection, clients: { ...connection.clients, s3: failing } };

    await expect(uploadBundle([layer], broken, { limits: IN_PARTS })).rejects.toThrow('denied');
    expect([await unfinished(), await keys(), layer.open()]).toEqual([[], [], 0]);
  });
});
