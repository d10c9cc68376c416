import { GetObjectCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { connect } from '../../../client/connection/connection.js';
import { readValue } from '../../../client/run/read-value.js';
import { RESULT_MAX_BYTES, resultKey } from '../../../lib/contract/index.js';
import { aRecord, AWS, bucket, resetAccount, s3, s3Error } from '../mocked-account.js';

beforeEach(resetAccount);

const node = aRecord({ status: 'SUCCEEDED', kind: 'node' });
const read = (record = node) => readValue(record, 'https://console', connect('demo', AWS));
const putResult = (text: string) => bucket.set(resultKey('run-1'), Buffer.from(text));

describe('the value of a run', () => {
  it.each([['null'], ['0'], ['"ä\\u0000"'], ['{"__proto__":{"a":1},"b":[]}']])(
    'The value %s of a run is returned unchanged',
    async (text) => {
      putResult(`{"ok":true,"value":${text}}`);

      expect(JSON.stringify(await read())).toBe(text);
    },
  );

  it('The value of a run of commands is null when the commands wrote no file', async () => {
    await expect(read(aRecord({ status: 'SUCCEEDED', kind: 'commands' }))).resolves.toBeNull();
  });

  it('The value of a run is not read when it is too large', async () => {
    s3.on(GetObjectCommand).resolves({
      ContentLength: RESULT_MAX_BYTES + 1,
      Body: {
        transformToByteArray: () => {
          throw new Error('was read');
        },
      } as never,
    });

    await expect(read()).rejects.toMatchObject({ code: 'ResultTooLarge', runId: 'run-1' });
  });

  it.each(['', '{"ok":true', '[]', '{"value":1}'])(
    'The value of a run is refused when the result file contains %j',
    async (text) => {
      putResult(text);

      await expect(read()).rejects.toMatchObject({
        code: 'ResultMissing',
        message: expect.stringContaining('incomplete result'),
      });
    },
  );

  it('The value of a run that may not be read fails with AccessDenied', async () => {
    s3.on(GetObjectCommand).rejects(s3Error(403, 'AccessDenied'));

    await expect(read()).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
