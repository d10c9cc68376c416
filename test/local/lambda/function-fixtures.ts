import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { LogWriter, Queues } from '../../../lib/local/ports.js';
import { createLambda, type Lambda, type LambdaOptions } from '../../../lib/local/lambda/lambda.js';
import type { JsonObject } from '../../../lib/local/resources/resource-provider.js';
import type { TestPlaceContext } from '../test-place-context.js';

export interface RecordedLogs extends LogWriter {
  /** Returns the messages of a log group in the order in which they were written. */
  messages(group: string): string[];
}

export function recordLogs(): RecordedLogs {
  const groups = new Map<string, string[]>();
  return {
    append: async (group, _stream, lines) => {
      groups.set(group, [...(groups.get(group) ?? []), ...lines.map(({ message }) => message)]);
    },
    messages: (group) => groups.get(group) ?? [],
  };
}

export interface RecordedQueues extends Queues {
  readonly sent: { queue: string; body: string; attributes: Readonly<Record<string, string>> | undefined }[];
}

export function recordQueues(): RecordedQueues {
  const sent: RecordedQueues['sent'] = [];
  return { sent, send: async (queue, body, attributes) => void sent.push({ queue, body, attributes }) };
}

export interface TestLambda extends Lambda {
  readonly logs: RecordedLogs;
  readonly queues: RecordedQueues;
  /** Deploys a function whose file `index.mjs` has this source. */
  deploy(name: string, source: string, properties?: JsonObject): Promise<void>;
}

export async function openTestLambda(
  context: TestPlaceContext,
  options: Partial<LambdaOptions> = {},
): Promise<TestLambda> {
  const logs = recordLogs();
  const queues = recordQueues();
  const assets = (_bucket: string, key: string) => join(context.dataFolder, 'assets', key);
  const lambda = await createLambda(context, { logs, queues, assets, ...options });
  return {
    ...lambda,
    logs,
    queues,
    deploy: async (name, source, properties = {}) => {
      await mkdir(assets('', name), { recursive: true });
      await writeFile(join(assets('', name), 'index.mjs'), source);
      const [provider] = lambda.resourceProviders;
      await provider?.create({
        stackName: 'stack',
        logicalId: name,
        properties: {
          FunctionName: name,
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Role: 'arn:aws:iam::123456789012:role/handler',
          Code: { S3Bucket: 'assets', S3Key: name },
          ...properties,
        },
      });
    },
  };
}

/** Waits until a condition holds. Jest's timeout of the test limits the time. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}
