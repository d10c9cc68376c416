import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { INVOCATION_MAX_BYTES } from '../../../lib/contract/index.js';
import { EXECUTION_ARN, s3, prepare, invocationIs, resetBucket } from './mocked-bucket.js';

beforeEach(resetBucket);

describe('a request', () => {
  const refusal = (code: string) => expect.objectContaining({ code });

  it('A request whose run id is not the name of its execution is refused', async () => {
    await expect(prepare({}, {}, 'other')).rejects.toThrow(/run-1 is not the execution's name other/);
  });

  it('A request for another seedkit is refused', async () => {
    await expect(prepare({ seedkit: 'prod' })).rejects.toThrow(/prod was sent to the state machine of demo/);
  });

  it('A request whose invocation is missing is refused', async () => {
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ $metadata: {}, message: 'no' }));

    await expect(prepare()).rejects.toThrow(refusal('InputMissing'));
  });

  it('A request whose invocation is too large is refused unread', async () => {
    s3.on(GetObjectCommand).resolves({ ContentLength: INVOCATION_MAX_BYTES + 1 });

    await expect(prepare()).rejects.toThrow(/67108865 bytes; the limit is 67108864/);
  });

  it('A request whose invocation breaks the contract is refused', async () => {
    invocationIs({ kind: 'cobol' });

    await expect(prepare()).rejects.toThrow(refusal('InvalidRequest'));
  });

  it('A request for a function without a bundle is refused', async () => {
    await expect(prepare({ bundle: undefined })).rejects.toThrow(/needs a bundle/);
  });

  it('A request for Lambda compute in a region without it is refused', async () => {
    const executionArn = EXECUTION_ARN.replace('us-east-1', 'eu-north-1');

    await expect(
      prepare({ build: { computeType: 'BUILD_LAMBDA_1GB' } }, {}, 'run-1', executionArn),
    ).rejects.toThrow(/the region eu-north-1 has no Lambda compute/);
  });

  it('A request whose image is known to lack its language is refused', async () => {
    await expect(prepare({ build: { image: 'python:3.13' } }, { images: ['*'] })).rejects.toThrow(
      /python:3.13 has no node/,
    );
  });

  it.each(['CODESEEDER_RUN_ID', 'CODESEEDER_OUTPUT_DIR', 'CODEBUILD_SRC_DIR'])(
    'A request that sets the variable %s of the build itself is refused',
    async (name) => {
      const environment = { [name]: { value: 'x', type: 'PLAINTEXT' as const } };

      await expect(prepare({ build: { environment } })).rejects.toThrow(name);
    },
  );

  it("A request whose variables are too large together with the run's own is refused", async () => {
    const environment = { A: { value: 'x'.repeat(4_990), type: 'PLAINTEXT' as const } };

    await expect(prepare({ build: { environment } })).rejects.toThrow(/characters with the run's own/);
  });

  it('A request that does not fit the state is refused with its size', async () => {
    // Both texts become longer in the output: quotes are escaped in the buildspec and again in the state's data, and
    // labels are included twice.
    const text = '\u0001'.repeat(250);
    const labels = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}${text}`, text]));
    invocationIs({ kind: 'commands', target: ['"'.repeat(31_500)] });

    await expect(prepare()).resolves.toBeDefined();
    await expect(prepare({ labels })).rejects.toThrow(/\d{6} bytes, at most 245760 fit a state/);
  });
});
