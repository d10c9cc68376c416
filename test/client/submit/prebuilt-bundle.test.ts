import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { seedkit } from '../../../client/index.js';
import { bundleDigest } from '../../../lib/contract/index.js';
import { AWS, bucket, OUTPUTS, resetAccount, s3, s3Error, states } from '../mocked-account.js';
import { fakeLayer } from './fake-layer.js';

const CONTENT = Buffer.from('PK: a bundle packed earlier');
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const KEY = `bundles/prebuilt/${SHA256}.zip`;
const CHECKSUM = Buffer.from(SHA256, 'hex').toString('base64');
const ENDINGS = new URL('../../fixtures/endings/endings.ts', import.meta.url).href;

const kit = seedkit('demo', { aws: AWS });

/** Mocks a bucket of the user that contains the bundle. */
function mockOwnBucket(checksum: { ChecksumSHA256?: string; ChecksumType?: 'FULL_OBJECT' | 'COMPOSITE' }) {
  const place = { Bucket: 'releases', Key: 'v1/code.zip' };
  s3.on(HeadObjectCommand, place).resolves({ ContentLength: CONTENT.length, ...checksum });
  s3.on(GetObjectCommand, place).callsFake(() => ({ Body: Readable.from([CONTENT]) }));
}

const sha256Of = (content: Buffer) => createHash('sha256').update(content).digest('base64');
const reads = () => s3.commandCalls(GetObjectCommand).length;
const bundlePuts = () =>
  s3.commandCalls(PutObjectCommand).filter(({ args: [{ input }] }) => input.Key?.startsWith('bundles/'));
const requests = () =>
  states
    .commandCalls(StartExecutionCommand)
    .map(({ args: [{ input }] }) => JSON.parse(input.input ?? '') as Record<string, unknown>);

beforeEach(resetAccount);

describe('a prebuilt bundle', () => {
  it.each([
    ['releases/v1/code.zip', {}],
    ['s3://releases/v1/code.zip', { ChecksumSHA256: CHECKSUM, ChecksumType: 'COMPOSITE' as const }],
    ['s3://releases/v1/code.zip', { ChecksumSHA256: CHECKSUM, ChecksumType: 'FULL_OBJECT' as const }],
  ])('The run gets a prebuilt bundle at %s byte for byte (%j)', async (prebuiltBundle, checksum) => {
    mockOwnBucket(checksum);
    await kit.submitCommands(['make'], { prebuiltBundle });

    expect(bucket.get(KEY)?.equals(CONTENT)).toBe(true);
    expect(requests()).toMatchObject([
      { bundle: { layers: [{ key: KEY, checksumSha256: CHECKSUM, sizeBytes: CONTENT.length }] } },
    ]);
    expect(requests()[0]).not.toHaveProperty('bundle.layers[0].digest');
  });

  it('A prebuilt bundle that the seedkit already has is neither read nor stored', async () => {
    bucket.set(KEY, CONTENT);
    mockOwnBucket({ ChecksumSHA256: CHECKSUM, ChecksumType: 'FULL_OBJECT' });
    s3.on(HeadObjectCommand, { Bucket: OUTPUTS['Bucket'] ?? '', Key: KEY }).resolves({
      ContentLength: CONTENT.length,
      ChecksumSHA256: CHECKSUM,
    });
    await kit.submitCommands(['make'], { prebuiltBundle: 's3://releases/v1/code.zip' });
    await kit.submitCommands(['make'], { prebuiltBundle: `s3://${OUTPUTS['Bucket']}/${KEY}` });

    expect([reads(), bundlePuts().length]).toEqual([0, 0]);
    const bundle = { layers: [{ key: KEY }] };
    expect(requests()).toMatchObject([{ bundle }, { bundle }]);
  });

  it('A prebuilt bundle runs a function by its name', async () => {
    mockOwnBucket({});
    const add = kit.remoteFunction(ENDINGS, async function add() {}, {
      prebuiltBundle: 's3://releases/v1/code.zip',
    });
    const { id } = await add.submit();

    expect(JSON.parse(bucket.get(`runs/${id}/input/invocation.json`)?.toString() ?? '')).toMatchObject({
      target: { module: 'test/fixtures/endings/endings.ts', exportName: 'add' },
    });
  });

  it('A prebuilt bundle is never changed or deleted', async () => {
    mockOwnBucket({});
    await kit.submitCommands(['make'], { prebuiltBundle: 's3://releases/v1/code.zip' });
    const written = s3
      .calls()
      .filter(({ args: [command] }) => !/^(Head|Get)Object/.test(command.constructor.name));

    expect(written.map(({ args: [{ input }] }) => (input as { Bucket?: string }).Bucket)).toEqual([
      OUTPUTS['Bucket'],
      OUTPUTS['Bucket'],
    ]);
    expect(written.map(({ args: [command] }) => command)).toEqual([
      expect.any(PutObjectCommand),
      expect.any(PutObjectCommand),
    ]);
  });

  it('A prebuilt bundle that is missing, unreadable or not an S3 location starts no run', async () => {
    s3.on(HeadObjectCommand, { Bucket: 'releases' }).rejects(s3Error(403, 'Forbidden'));
    const submit = (prebuiltBundle: string) => kit.submitCommands(['make'], { prebuiltBundle });

    await expect(submit('s3://nothing-there/code.zip')).rejects.toMatchObject({ code: 'BundleMissing' });
    await expect(submit('code.zip')).rejects.toMatchObject({ code: 'InvalidRequest' });
    await expect(submit('s3://releases/code.zip')).rejects.toMatchObject({ name: 'Forbidden' });
    expect(requests()).toEqual([]);
  });
});

describe('the list of a packed bundle', () => {
  const layers = ['code', 'dirs/app'].map((name) => {
    const { key, digest } = fakeLayer(name, Buffer.of());
    const zip = Buffer.from(`the zip of ${name}`);
    return { key, digest, checksumSha256: sha256Of(zip), sizeBytes: zip.length };
  });
  const location = `s3://releases/v1/bundles/${bundleDigest(layers)}.json`;

  /** Mocks a bucket of the user that contains the list and its layers. */
  function mockReleases(list: unknown = { version: 1, layers }) {
    const objects: Record<string, string> = {
      [location.slice('s3://releases/'.length)]: JSON.stringify(list),
      ...Object.fromEntries(
        ['code', 'dirs/app'].map((name, index) => [`v1/${layers[index]?.key}`, `the zip of ${name}`]),
      ),
    };
    for (const [Key, text] of Object.entries(objects)) {
      const place = { Bucket: 'releases', Key };
      s3.on(HeadObjectCommand, place).resolves({ ContentLength: text.length });
      s3.on(GetObjectCommand, place).callsFake(() => {
        const Body = Readable.from([Buffer.from(text)]);
        return { Body: Object.assign(Body, { transformToString: async () => text }) };
      });
    }
  }

  it('The list of a packed bundle gives the run all its layers and copies those that are missing', async () => {
    mockReleases();
    bucket.set(layers[0]?.key ?? '', Buffer.from('the same, compressed otherwise'));
    await kit.submitCommands(['make'], { prebuiltBundle: location });

    expect(bucket.get(layers[1]?.key ?? '')?.toString()).toBe('the zip of dirs/app');
    const code = Buffer.from('the same, compressed otherwise');
    expect(requests()).toMatchObject([
      {
        bundle: {
          layers: [{ ...layers[0], checksumSha256: sha256Of(code), sizeBytes: code.length }, layers[1]],
        },
      },
    ]);
    expect(bucket.has(`bundles/${bundleDigest(layers)}.json`)).toBe(true);
  });

  it.each<[string, unknown, string]>([
    [
      'of other layers than its name says',
      { version: 1, layers: layers.slice(0, 1) },
      'the digest of its layers is',
    ],
    ['of another version', { version: 2, layers }, 'version'],
    ['that is no list', [], 'list of layers s3://releases/v1/bundles/'],
  ])('A list file %s is refused', async (_, list, told) => {
    mockReleases(list);

    await expect(kit.submitCommands(['make'], { prebuiltBundle: location })).rejects.toMatchObject({
      code: 'InvalidRequest',
      message: expect.stringContaining(told),
    });
    expect(requests()).toEqual([]);
  });

  it('A list whose layers no longer exist is refused with the location of the missing layer', async () => {
    mockReleases();
    s3.on(HeadObjectCommand, { Bucket: 'releases', Key: `v1/${layers[1]?.key}` }).rejects(
      s3Error(404, 'NotFound'),
    );

    await expect(kit.submitCommands(['make'], { prebuiltBundle: location })).rejects.toMatchObject({
      code: 'BundleMissing',
      message: expect.stringContaining(`s3://releases/v1/${layers[1]?.key}`),
    });
  });
});
