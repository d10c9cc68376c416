import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { seedkit } from '../../../client/index.js';
import { AWS, bucket, OUTPUTS, resetAccount, s3, s3Error, states } from '../mocked-account.js';

const CONTENT = Buffer.from('PK: a bundle packed earlier');
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const KEY = `bundles/${SHA256}.zip`;
const CHECKSUM = Buffer.from(SHA256, 'hex').toString('base64');
const ENDINGS = new URL('../../fixtures/endings/endings.ts', import.meta.url).href;

const kit = seedkit('demo', { aws: AWS });

/** Puts the bundle into a bucket of the user's own. */
function standElsewhere(checksum: { ChecksumSHA256?: string; ChecksumType?: 'FULL_OBJECT' | 'COMPOSITE' }) {
  const place = { Bucket: 'releases', Key: 'v1/code.zip' };
  s3.on(HeadObjectCommand, place).resolves({ ContentLength: CONTENT.length, ...checksum });
  s3.on(GetObjectCommand, place).callsFake(() => ({ Body: Readable.from([CONTENT]) }));
}

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
  ])('at %s is what the run gets, byte for byte (%j)', async (prebuiltBundle, checksum) => {
    standElsewhere(checksum);
    await kit.submitCommands(['make'], { prebuiltBundle });

    expect(bucket.get(KEY)?.equals(CONTENT)).toBe(true);
    expect(requests()).toMatchObject([{ bundle: { key: KEY, sha256: SHA256, sizeBytes: CONTENT.length } }]);
  });

  it('that the seedkit has by its content is neither fetched nor put', async () => {
    bucket.set(KEY, CONTENT);
    standElsewhere({ ChecksumSHA256: CHECKSUM, ChecksumType: 'FULL_OBJECT' });
    s3.on(HeadObjectCommand, { Bucket: OUTPUTS['Bucket'] ?? '', Key: KEY }).resolves({
      ContentLength: CONTENT.length,
      ChecksumSHA256: CHECKSUM,
    });
    await kit.submitCommands(['make'], { prebuiltBundle: 's3://releases/v1/code.zip' });
    await kit.submitCommands(['make'], { prebuiltBundle: `s3://${OUTPUTS['Bucket']}/${KEY}` });

    expect([reads(), bundlePuts().length]).toEqual([0, 0]);
    expect(requests()).toMatchObject([{ bundle: { key: KEY } }, { bundle: { key: KEY } }]);
  });

  it('is run with a function by its name', async () => {
    standElsewhere({});
    const add = kit.remoteFunction(ENDINGS, async function add() {}, {
      prebuiltBundle: 's3://releases/v1/code.zip',
    });
    const { id } = await add.submit();

    expect(JSON.parse(bucket.get(`runs/${id}/input/invocation.json`)?.toString() ?? '')).toMatchObject({
      target: { module: 'test/fixtures/endings/endings.ts', exportName: 'add' },
    });
  });

  it('is never changed or deleted', async () => {
    standElsewhere({});
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

  it('that is missing, unreadable or no place in S3 starts nothing', async () => {
    s3.on(HeadObjectCommand, { Bucket: 'releases' }).rejects(s3Error(403, 'Forbidden'));
    const submit = (prebuiltBundle: string) => kit.submitCommands(['make'], { prebuiltBundle });

    await expect(submit('s3://nothing-there/code.zip')).rejects.toMatchObject({ code: 'BundleMissing' });
    await expect(submit('code.zip')).rejects.toMatchObject({ code: 'InvalidRequest' });
    await expect(submit('s3://releases/code.zip')).rejects.toMatchObject({ name: 'Forbidden' });
    expect(requests()).toEqual([]);
  });
});
