import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from '@jest/globals';

import { abortable } from '../../../client/connection/abortable.js';

it('Twenty concurrent calls that share a signal cause no warning of Node.js', async () => {
  const answers: (() => void)[] = [];
  const server = createServer((_request, response) => answers.push(() => response.end()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const s3 = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
  });
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on('warning', note);
  try {
    const { signal } = new AbortController();
    const calls = Array.from({ length: 20 }, () =>
      s3.send(new HeadBucketCommand({ Bucket: 'bucket' }), abortable(signal)),
    );
    while (answers.length < 20) await setImmediate();
    for (const answer of answers) answer();
    await Promise.all(calls);
    await setImmediate();

    expect(warnings.map(({ name }) => name)).not.toContain('MaxListenersExceededWarning');
  } finally {
    process.off('warning', note);
    s3.destroy();
    server.close();
  }
});
