import { describe, expect, it } from '@jest/globals';

import { resultFiles } from '../../../../lib/local/states/interpreter/result-files.js';
import { memoryObjects } from '../../codebuild/test-codebuild.js';

const mapRunArn = 'arn:aws:states:eu-central-1:123456789012:mapRun:machine/Each:run-1';
const child = (n: number) => ({
  arn: `arn:${n}`,
  name: String(n),
  machineArn: 'machine',
  status: 'SUCCEEDED' as const,
  input: '{}',
  output: `"output ${n}"`,
});

describe('The files of a ResultWriter', () => {
  it('A file that would exceed its size is followed by another one', async () => {
    const objects = memoryObjects();
    const destination = { objects, bucket: 'bucket', prefix: 'p/', mapRunArn };
    const files = resultFiles(destination, { transformation: 'COMPACT', outputType: 'JSON' }, 30);
    for (let n = 0; n < 5; n += 1) await files.add(child(n), n);
    const { ResultWriterDetails: details } = (await files.finish()) as {
      ResultWriterDetails: { Key: string };
    };
    expect(details.Key).toBe('p/run-1/manifest.json');
    const contentOf = (name: string) => String(objects.all.get(`bucket/p/run-1/${name}`));
    const { ResultFiles: written } = JSON.parse(contentOf('manifest.json')) as {
      ResultFiles: Record<string, { Key: string; Size: number }[]>;
    };
    expect(written.SUCCEEDED).toEqual([
      { Key: 'p/run-1/SUCCEEDED_0.json', Size: 23 },
      { Key: 'p/run-1/SUCCEEDED_1.json', Size: 23 },
      { Key: 'p/run-1/SUCCEEDED_2.json', Size: 12 },
    ]);
    expect(contentOf('SUCCEEDED_0.json')).toBe('["output 0","output 1"]');
    expect(contentOf('SUCCEEDED_2.json')).toBe('["output 4"]');
  });
});
