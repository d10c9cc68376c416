import { GetObjectCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { connect } from '../../../client/connection/connection.js';
import { readValue } from '../../../client/run/read-value.js';
import { RESULT_MAX_BYTES, resultKey, type RunRecord } from '../../../lib/contract/index.js';
import { A_SHA256 } from '../../contract/builders.js';
import { aRecord, AWS, bucket, putResult, resetAccount, s3, s3Error } from '../mocked-account.js';

beforeEach(resetAccount);

const node = aRecord({ status: 'SUCCEEDED', kind: 'node' });
const read = (members: Partial<RunRecord> = putResult('{"ok":true,"value":1}')) =>
  readValue({ ...node, ...members }, 'https://console', connect('demo', AWS));

describe('the value of a run', () => {
  it.each([['null'], ['0'], ['"ä\\u0000"'], ['{"__proto__":{"a":1},"b":[]}']])(
    'The value %s of a run is returned unchanged',
    async (text) => {
      const members = putResult(`{"ok":true,"value":${text}}`);

      expect(JSON.stringify(await read(members))).toBe(text);
    },
  );

  it('The value of commands is null, and no object is read', async () => {
    await expect(read({ kind: 'commands' })).resolves.toBeNull();
    expect(s3.calls()).toHaveLength(0);
  });

  it('A result that the build wrote too large is not read', async () => {
    const result = { sha256: A_SHA256, sizeBytes: RESULT_MAX_BYTES + 1 };

    await expect(read({ ...putResult('{}'), result })).rejects.toMatchObject({
      code: 'ResultTooLarge',
      runId: 'run-1',
    });
    expect(s3.calls()).toHaveLength(0);
  });

  it('A value whose bytes differ from the digest in the record is not returned', async () => {
    const members = putResult('{"ok":true,"value":"vpc-real"}');
    bucket.set(resultKey(members.outputKey), Buffer.from('{"ok":true,"value":"vpc-evil"}'));

    await expect(read(members)).rejects.toMatchObject({
      code: 'ResultChanged',
      message: expect.stringContaining(members.result.sha256),
    });
  });

  it('A value without a digest in its record is not returned', async () => {
    const { outputKey } = putResult('{"ok":true,"value":1}');

    await expect(read({ outputKey })).rejects.toMatchObject({
      code: 'ResultMissing',
      message: expect.stringContaining('no SHA-256'),
    });
  });

  it.each(['', '{"ok":true', '[]', '{"value":1}'])(
    'The value of a run is refused when the result file contains %j',
    async (text) => {
      const members = putResult(text);

      await expect(read(members)).rejects.toMatchObject({
        code: 'ResultMissing',
        message: expect.stringContaining('incomplete result'),
      });
    },
  );

  it('Reading the value of a run without the right to it fails with AccessDenied', async () => {
    s3.on(GetObjectCommand).rejects(s3Error(403, 'AccessDenied'));

    await expect(read()).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
