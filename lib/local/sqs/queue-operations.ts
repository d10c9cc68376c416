import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import type { JsonOperation } from '../wire/json-service.js';
import { parseQueueAttributes } from './queue-attributes.js';
import { queueNameOf, type QueueStore, type StoredQueue } from './queue-store.js';

const attributes = z.record(z.string(), z.string()).default({});
const schemas = {
  create: z.strictObject({
    QueueName: z
      .string()
      .regex(
        /^[A-Za-z0-9_-]{1,80}$/,
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
      ),
    Attributes: attributes,
    tags: z.record(z.string(), z.string()).optional(),
  }),
  url: z.strictObject({ QueueName: z.string(), QueueOwnerAWSAccountId: z.string().optional() }),
  queue: z.strictObject({ QueueUrl: z.string() }),
  list: z.strictObject({
    QueueNamePrefix: z.string().optional(),
    MaxResults: z.number().int().min(1).max(1000).optional(),
    NextToken: z.string().optional(),
  }),
  get: z.strictObject({ QueueUrl: z.string(), AttributeNames: z.array(z.string()).default([]) }),
  set: z.strictObject({ QueueUrl: z.string(), Attributes: attributes }),
};

/** The operations on queues as such. */
export function queueOperations(context: PlaceContext, store: QueueStore): Record<string, JsonOperation> {
  return {
    CreateQueue: async (input: unknown) => {
      const { QueueName, Attributes } = parseQueueInput(schemas.create, input);
      if (await store.has(QueueName)) await checkSame(await store.find(QueueName), Attributes);
      else await createQueue(context, store, QueueName, Attributes);
      return { QueueUrl: queueUrl(context, QueueName) };
    },
    GetQueueUrl: async (input: unknown) => {
      const { QueueName } = parseQueueInput(schemas.url, input);
      return { QueueUrl: queueUrl(context, (await store.find(QueueName)).name) };
    },
    ListQueues: async (input: unknown) => {
      const {
        QueueNamePrefix = '',
        MaxResults = 1000,
        NextToken = '',
      } = parseQueueInput(schemas.list, input);
      const all = (await store.list()).filter(
        ({ name }) => name.startsWith(QueueNamePrefix) && name >= NextToken,
      );
      const next = all[MaxResults];
      return {
        QueueUrls: all.slice(0, MaxResults).map(({ name }) => queueUrl(context, name)),
        ...(next === undefined ? {} : { NextToken: next.name }),
      };
    },
    GetQueueAttributes: async (input: unknown) => {
      const { QueueUrl, AttributeNames } = parseQueueInput(schemas.get, input);
      const all = await queueAttributes(context, store, await store.find(QueueUrl));
      const wanted = AttributeNames.includes('All') ? Object.keys(all) : AttributeNames;
      return {
        Attributes: Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name))),
      };
    },
    SetQueueAttributes: async (input: unknown) => {
      const { QueueUrl, Attributes } = parseQueueInput(schemas.set, input);
      const queue = await store.find(QueueUrl);
      await store.put({ ...queue, attributes: parseQueueAttributes({ ...queue.attributes, ...Attributes }) });
      return {};
    },
    PurgeQueue: async (input: unknown) => {
      await store.purge((await store.find(parseQueueInput(schemas.queue, input).QueueUrl)).name);
      return {};
    },
    DeleteQueue: async (input: unknown) => {
      await store.remove((await store.find(parseQueueInput(schemas.queue, input).QueueUrl)).name);
      return {};
    },
  };
}

export async function createQueue(
  context: PlaceContext,
  store: QueueStore,
  name: string,
  given: Readonly<Record<string, string>>,
): Promise<void> {
  await store.put({ name, attributes: parseQueueAttributes(given), createdAtMs: context.clock.now() });
}

export function queueUrl(context: PlaceContext, name: string): string {
  return `${context.endpoint()}/${context.account}/${name}`;
}

export function queueArn(context: PlaceContext, name: string): string {
  return `arn:${context.partition}:sqs:${context.region}:${context.account}:${queueNameOf(name)}`;
}

/** @throws AwsError `InvalidParameterValue` naming each member that is wrong or that the place does not have */
export function parseQueueInput<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AwsError('InvalidParameterValue', z.prettifyError(parsed.error));
}

/** Creating a queue again with the same attributes is done; with others it is another queue of that name. */
async function checkSame(queue: StoredQueue, given: Readonly<Record<string, string>>): Promise<void> {
  const different = Object.entries(given).find(([name, value]) => queue.attributes[name] !== value);
  if (different === undefined) return;
  throw new AwsError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${different[0]}`,
  );
}

async function queueAttributes(
  context: PlaceContext,
  store: QueueStore,
  queue: StoredQueue,
): Promise<Record<string, string>> {
  const now = context.clock.now();
  const messages = (await store.messages(queue)).map(([, message]) => message);
  const hidden = messages.filter(({ visibleAtMs }) => visibleAtMs > now);
  const delayed = hidden.filter(({ receiveCount }) => receiveCount === 0);
  const seconds = String(Math.floor(queue.createdAtMs / 1000));
  return {
    ...queue.attributes,
    QueueArn: queueArn(context, queue.name),
    ApproximateNumberOfMessages: String(messages.length - hidden.length),
    ApproximateNumberOfMessagesNotVisible: String(hidden.length - delayed.length),
    ApproximateNumberOfMessagesDelayed: String(delayed.length),
    CreatedTimestamp: seconds,
    LastModifiedTimestamp: seconds,
  };
}
