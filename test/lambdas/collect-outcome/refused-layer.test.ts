import { DeleteObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { checksumOfCopy, keysOfLayer } from '../../../lib/contract/index.js';
import { aLayer, aPrebuiltLayer } from '../../contract/builders.js';
import { s3Error } from '../s3-answers.js';
import { buildIs, failed, failureOf, recordIs, resetAccount, s3 } from './mocked-account.js';

const LAYERS = ['a', 'b', 'c'].map((letter) => aLayer({ digest: letter.repeat(64) }));
const placing = (status: number) =>
  `Error while executing command: bash "$CODEBUILD_SRC_DIR_codeseeder_input/place-layers.sh" "$CODEBUILD_SRC_DIR" a. Reason: exit status ${status}`;
const deleted = () => s3.commandCalls(DeleteObjectCommand).map(({ args: [{ input }] }) => input.Key);

beforeEach(() => {
  resetAccount();
  recordIs({ bundle: { layers: LAYERS } });
  s3.on(HeadObjectCommand).resolves({ ContentLength: 1234, ChecksumSHA256: aLayer().checksumSha256 });
  s3.on(DeleteObjectCommand).resolves({});
});

describe('a layer that is not what was packed', () => {
  it.each([0, 1, 2])('A wrong layer %d is deleted and ends the run as BundleMissing', async (number) => {
    buildIs(failed('INSTALL', placing(64 + number)));
    const key = LAYERS[number]?.key ?? '';

    expect(await failureOf()).toMatchObject({
      status: 'FAILED',
      failure: {
        code: 'BundleMissing',
        phase: 'INSTALL',
        message: expect.stringContaining(`bucket/${key} differed`),
      },
    });
    expect(deleted()).toEqual([key]);
  });

  it.each([
    ['primary source', 0],
    ['secondary source codeseeder_layer_1', 1],
    ['secondary source codeseeder_layer_2', 2],
  ])('The layer in the %s that cannot be unpacked is deleted', async (source, number) => {
    buildIs(failed('DOWNLOAD_SOURCE', `zip: not a valid zip file for ${source}`));

    expect((await failureOf()).failure?.code).toBe('BundleMissing');
    expect(deleted()).toEqual([LAYERS[number]?.key]);
  });

  it('A wrong copy of a layer is deleted under the key that the build has read', async () => {
    const [own, copy] = keysOfLayer(LAYERS[0]?.key ?? '');
    const ChecksumSHA256 = checksumOfCopy(aLayer().checksumSha256);
    s3.on(HeadObjectCommand, { Key: copy }).resolves({ ContentLength: 1234, ChecksumSHA256 });
    const read = { source: { type: 'S3' as const, location: `bucket/${copy}` } };
    buildIs({ ...failed('INSTALL', placing(64)), ...read });

    expect((await failureOf()).failure?.message).toContain(`bucket/${copy} differed`);
    expect(deleted()).toEqual([copy]);
    expect(deleted()).not.toContain(own);
  });

  it.each([
    ['another object', { ChecksumSHA256: Buffer.alloc(32, 1).toString('base64') }],
    ['an object without a checksum', {}],
  ])('A layer that differed is not deleted when %s has replaced it', async (_, head) => {
    s3.on(HeadObjectCommand).resolves(head);
    buildIs(failed('INSTALL', placing(64)));

    expect((await failureOf()).failure?.code).toBe('BundleMissing');
    expect(deleted()).toEqual([]);
  });

  it('A layer that did not exist when the build read it ends the run as BundleMissing', async () => {
    s3.on(HeadObjectCommand).rejects(s3Error('NotFound', 404));
    buildIs(failed('DOWNLOAD_SOURCE', 'NoSuchKey: The specified key does not exist. for primary source'));

    expect((await failureOf()).failure).toMatchObject({
      code: 'BundleMissing',
      message: expect.stringContaining('did not exist when the build read it'),
    });
    expect(deleted()).toEqual([]);
  });
});

describe('another fault', () => {
  it('A command that names the program of layers cannot have a prebuilt zip deleted', async () => {
    recordIs({ bundle: { layers: [aLayer(), aPrebuiltLayer()] } });
    buildIs(
      failed('INSTALL', 'Error while executing command: exit 65 # place-layers.sh. Reason: exit status 65'),
    );

    expect((await failureOf()).failure?.code).not.toBe('BundleMissing');
    expect(deleted()).toEqual([]);
  });

  it.each<[string, 'INSTALL' | 'DOWNLOAD_SOURCE', string]>([
    ['a fault of placing that no layer is to blame for', 'INSTALL', placing(1)],
    ['a layer that the bundle does not have', 'INSTALL', placing(67)],
    [
      'a command of the user with such a status',
      'INSTALL',
      'Error while executing command: x. Reason: exit status 64',
    ],
    ['a source that may not be read', 'DOWNLOAD_SOURCE', 'AccessDenied: Access Denied for primary source'],
    ['a key that may not be used', 'DOWNLOAD_SOURCE', 'KMS.DisabledException: disabled for primary source'],
    ['the input', 'DOWNLOAD_SOURCE', 'NoSuchKey for secondary source codeseeder_input'],
    ['a layer of another number', 'DOWNLOAD_SOURCE', 'bad zip for secondary source codeseeder_layer_12'],
  ])('A failure caused by %s ends as BuildFailed and deletes no layer', async (_, phase, message) => {
    buildIs(failed(phase, message));
    s3.on(HeadObjectCommand).rejects(s3Error('NotFound', 404));

    expect((await failureOf()).failure?.code).toBe('BuildFailed');
    expect(deleted()).toEqual([]);
  });

  it('A prebuilt zip that cannot be unpacked ends the run as BuildFailed', async () => {
    recordIs({ bundle: { layers: [aPrebuiltLayer()] } });
    s3.on(HeadObjectCommand).rejects(s3Error('NotFound', 404));
    buildIs(failed('DOWNLOAD_SOURCE', 'not a valid zip file for primary source'));

    expect((await failureOf()).failure?.code).toBe('BuildFailed');
  });
});
