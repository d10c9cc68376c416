import { z } from 'zod';

import { arnOf, type PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { harmless, operation } from '../wire/operation.js';
import { page } from '../wire/page.js';
import { parseQueueAttributes } from './queue-attributes.js';
import { queueNameOf, type QueueStore, type StoredQueue } from './queue-store.js';
import { queueTags, refuseOtherTags } from './queue-tags.js';

const texts = z.record(z.string(), z.string());
const queue = { QueueUrl: z.string() };

/**
 * Returns the operations on queues.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
 */
export function queueOperations(context: PlaceContext, store: QueueStore) {
  return {
    CreateQueue: operation(
      {
        QueueName: z
          .string()
          .regex(
            /^[A-Za-z0-9_-]{1,80}$/,
            'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
          ),
        Attributes: texts.default({}),
        tags: queueTags.default({}),
      },
      ({ QueueName: name, Attributes: attributes, tags }) =>
        store.change(async () => {
          if (await store.has(name)) {
            const existing = await store.find(name);
            refuseOtherAttributes(existing, attributes);
            refuseOtherTags(existing, tags);
          } else await createQueue(context, store, { name, attributes, tags });
          return { QueueUrl: queueUrl(context, name) };
        }),
    ),
    GetQueueUrl: operation(
      {
        QueueName: z.string(),
        QueueOwnerAWSAccountId: harmless(z.string(), 'there is one account only'),
      },
      async ({ QueueName }) => ({ QueueUrl: queueUrl(context, (await store.find(QueueName)).name) }),
    ),
    ListQueues: operation(
      {
        QueueNamePrefix: z.string().default(''),
        MaxResults: z.number().int().min(1).max(1000).default(1000),
        NextToken: z.string().optional(),
      },
      async ({ QueueNamePrefix, MaxResults, NextToken }) => {
        const all = (await store.list()).filter(({ name }) => name.startsWith(QueueNamePrefix));
        const invalidToken = () => new AwsError('InvalidParameterValue', 'Invalid or expired next token.');
        const options = { token: NextToken, limit: MaxResults, invalidToken };
        const { items, nextToken } = page(all, ({ name }) => name, options);
        return { QueueUrls: items.map(({ name }) => queueUrl(context, name)), NextToken: nextToken };
      },
    ),
    ...queueContentOperations(context, store),
  };
}

function queueContentOperations(context: PlaceContext, store: QueueStore) {
  return {
    GetQueueAttributes: operation(
      { ...queue, AttributeNames: z.array(z.string()).default([]) },
      async ({ QueueUrl, AttributeNames }) => {
        const all = await queueAttributes(context, store, await store.find(QueueUrl));
        const wanted = AttributeNames.includes('All') ? Object.keys(all) : AttributeNames;
        return {
          Attributes: Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name))),
        };
      },
    ),
    SetQueueAttributes: operation({ ...queue, Attributes: texts }, ({ QueueUrl, Attributes }) =>
      store.change(async () => {
        const found = await store.find(QueueUrl);
        const attributes = parseQueueAttributes({ ...found.attributes, ...Attributes });
        await store.put({ ...found, attributes });
      }),
    ),
    ListQueueTags: operation(queue, async ({ QueueUrl }) => {
      const { tags = {} } = await store.find(QueueUrl);
      // SQS leaves out `Tags` for a queue without tags.
      return { Tags: Object.keys(tags).length === 0 ? undefined : tags };
    }),
    PurgeQueue: operation(queue, ({ QueueUrl }) =>
      store.change(async () => store.purge((await store.find(QueueUrl)).name)),
    ),
    DeleteQueue: operation(queue, ({ QueueUrl }) =>
      store.change(async () => store.remove((await store.find(QueueUrl)).name)),
    ),
  };
}

/** Stores a new queue. Call it in {@link QueueStore.change}. */
export async function createQueue(
  context: PlaceContext,
  store: QueueStore,
  { name, attributes, tags }: Required<Omit<StoredQueue, 'createdAtMs'>>,
): Promise<void> {
  await store.put({
    name,
    attributes: parseQueueAttributes(attributes),
    tags,
    createdAtMs: context.clock.now(),
  });
}

export function queueUrl(context: PlaceContext, name: string): string {
  return `${context.endpoint()}/${context.account}/${name}`;
}

export function queueArn(context: PlaceContext, name: string): string {
  return arnOf(context, 'sqs', queueNameOf(name));
}

/** Refuses to create a queue that exists with other attributes. */
function refuseOtherAttributes(
  { attributes: existing }: StoredQueue,
  attributes: Readonly<Record<string, string>>,
): void {
  const different = Object.entries(attributes).find(([name, value]) => existing[name] !== value);
  if (different === undefined) return;
  throw new AwsError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${different[0]}`,
  );
}

async function queueAttributes(
  context: PlaceContext,
  store: QueueStore,
  stored: StoredQueue,
): Promise<Record<string, string>> {
  const now = context.clock.now();
  const messages = (await store.messages(stored)).map(([, message]) => message);
  const hidden = messages.filter(({ visibleAtMs }) => visibleAtMs > now);
  const delayed = hidden.filter(({ receiveCount }) => receiveCount === 0);
  const seconds = String(Math.floor(stored.createdAtMs / 1000));
  return {
    ...stored.attributes,
    QueueArn: queueArn(context, stored.name),
    ApproximateNumberOfMessages: String(messages.length - hidden.length),
    ApproximateNumberOfMessagesNotVisible: String(hidden.length - delayed.length),
    ApproximateNumberOfMessagesDelayed: String(delayed.length),
    CreatedTimestamp: seconds,
    LastModifiedTimestamp: seconds,
  };
}
