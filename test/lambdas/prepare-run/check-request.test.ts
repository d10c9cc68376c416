import { CopyObjectCommand, GetObjectCommand, HeadObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { INVOCATION_MAX_BYTES } from '../../../lib/contract/index.js';
import { A_SHA256 } from '../../contract/builders.js';
import { s3Error } from '../s3-answers.js';
import { s3, prepare, bundleIs, invocationIs, resetBucket } from './mocked-bucket.js';

beforeEach(resetBucket);

describe('a bundle', () => {
  it.each<[string, object, RegExp]>([
    ['has another size', { ContentLength: 1235 }, /1235 bytes, the request says 1234/],
    ['has another checksum', { ChecksumSHA256: Buffer.alloc(32, 1).toString('base64') }, /SHA-256 0101/],
    ['has no checksum', { ChecksumSHA256: undefined }, /no SHA-256 checksum/],
  ])('that %s is refused', async (_, head, message) => {
    bundleIs(head);

    await expect(prepare()).rejects.toThrow(expect.objectContaining({ code: 'BundleChanged' }));
    await expect(prepare()).rejects.toThrow(message);
  });

  it('that is missing is refused', async () => {
    s3.on(HeadObjectCommand).rejects(s3Error('NotFound', 404));

    await expect(prepare()).rejects.toThrow(expect.objectContaining({ code: 'BundleMissing' }));
  });

  it('is asked for its checksum', async () => {
    await prepare();

    expect(s3.commandCalls(HeadObjectCommand)[0]?.args[0].input).toEqual({
      Bucket: 'bucket',
      Key: `bundles/${A_SHA256}.zip`,
      ChecksumMode: 'ENABLED',
    });
  });

  it('past half its life is copied onto itself, checksum and all', async () => {
    bundleIs({ LastModified: new Date('2026-02-14T09:59:59Z') });
    await prepare();

    expect(s3.commandCalls(CopyObjectCommand).map((call) => call.args[0].input)).toEqual([
      expect.objectContaining({
        Bucket: 'bucket',
        Key: `bundles/${A_SHA256}.zip`,
        CopySource: `bucket/bundles/${A_SHA256}.zip`,
        MetadataDirective: 'REPLACE',
        ChecksumAlgorithm: 'SHA256',
      }),
    ]);
  });

  it('in the first half of its life is left alone', async () => {
    bundleIs({ LastModified: new Date('2026-02-14T10:00:01Z') });
    await prepare();

    expect(s3.commandCalls(CopyObjectCommand)).toHaveLength(0);
  });
});

describe('a request', () => {
  const refusal = (code: string) => expect.objectContaining({ code });

  it('under another name than its run id is refused', async () => {
    await expect(prepare({}, {}, 'other')).rejects.toThrow(/run-1 is not the execution's name other/);
  });

  it('of another seedkit is refused', async () => {
    await expect(prepare({ seedkit: 'prod' })).rejects.toThrow(/prod was asked of the state machine of demo/);
  });

  it('whose invocation is missing is refused', async () => {
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ $metadata: {}, message: 'no' }));

    await expect(prepare()).rejects.toThrow(refusal('InputMissing'));
  });

  it('whose invocation is too large is refused unread', async () => {
    s3.on(GetObjectCommand).resolves({ ContentLength: INVOCATION_MAX_BYTES + 1 });

    await expect(prepare()).rejects.toThrow(/67108865 bytes, at most 67108864/);
  });

  it('whose invocation breaks the contract is refused', async () => {
    invocationIs({ kind: 'cobol' });

    await expect(prepare()).rejects.toThrow(refusal('InvalidRequest'));
  });

  it('for a function without a bundle is refused', async () => {
    await expect(prepare({ bundle: undefined })).rejects.toThrow(/needs a bundle/);
  });

  it.each(['CODESEEDER_RUN_ID', 'CODESEEDER_OUTPUT_DIR', 'CODEBUILD_SRC_DIR'])(
    'that sets the variable %s of the build itself is refused',
    async (name) => {
      const environment = { [name]: { value: 'x', type: 'PLAINTEXT' as const } };

      await expect(prepare({ build: { environment } })).rejects.toThrow(name);
    },
  );

  it("whose variables are too many together with the run's own is refused", async () => {
    const environment = { A: { value: 'x'.repeat(4_990), type: 'PLAINTEXT' as const } };

    await expect(prepare({ build: { environment } })).rejects.toThrow(/characters with the run's own/);
  });

  it('that would not fit the state is refused with its size', async () => {
    // Both grow on the way: a quote is escaped in the buildspec and again in the state, and labels go in twice.
    const text = '\u0001'.repeat(250);
    const labels = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}${text}`, text]));
    invocationIs({ kind: 'commands', target: ['"'.repeat(31_500)] });

    await expect(prepare()).resolves.toBeDefined();
    await expect(prepare({ labels })).rejects.toThrow(/\d{6} bytes, at most 245760 fit a state/);
  });
});
