import { text } from 'node:stream/consumers';

import type { Objects } from '../../../lib/local/ports.js';
import { aDefinition } from './a-machine.js';

/**
 * Returns a machine whose only state is a distributed Map state.
 * @param processor states of a child execution
 */
export function aDistributedMap(
  processor: Record<string, unknown>,
  overrides: Record<string, unknown> = {},
): unknown {
  return aDefinition({
    Each: {
      Type: 'Map',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: Object.keys(processor)[0],
        States: processor,
      },
      End: true,
      ...overrides,
    },
  });
}

export function aReader(
  file: { key: string } & Record<string, unknown>,
  resource = 's3:getObject',
): Record<string, unknown> {
  const { key, ...config } = file;
  return {
    Resource: `arn:aws:states:::${resource}`,
    Arguments: { Bucket: 'bucket', Key: key },
    ReaderConfig: config,
  };
}

/** A ResultWriter that writes to the folder `results` of the bucket. */
export const aWriter = {
  Resource: 'arn:aws:states:::s3:putObject',
  Arguments: { Bucket: 'bucket', Prefix: 'results' },
};

/** The description of a child execution in the files of a ResultWriter. */
export interface WrittenChild {
  readonly [member: string]: unknown;
  readonly Input: string;
  readonly Status: string;
}

export async function readJson<T>(objects: Objects, key: string): Promise<T> {
  const { body } = await objects.read('bucket', key);
  return JSON.parse(await text(body)) as T;
}
