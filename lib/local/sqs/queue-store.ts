import { randomUUID } from 'node:crypto';

import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import type { MessageAttributes } from './message-digest.js';

export interface StoredQueue {
  readonly name: string;
  /** In the API's form, in which all values are text. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
}

export interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly sentAtMs: number;
  /** Time from which the message can be received. */
  readonly visibleAtMs: number;
  readonly receiveCount: number;
  readonly firstReceivedAtMs?: number;
}

export interface QueueStore {
  list(): Promise<StoredQueue[]>;
  /** @param reference name, URL or ARN. @throws AwsError `QueueDoesNotExist` */
  find(reference: string): Promise<StoredQueue>;
  has(name: string): Promise<boolean>;
  put(queue: StoredQueue): Promise<void>;
  /** Removes a queue with its messages. */
  remove(name: string): Promise<void>;
  purge(name: string): Promise<void>;
  add(queue: StoredQueue, body: string, attributes: MessageAttributes, delaySeconds: number): Promise<string>;
  /** Returns the messages within the retention period with their keys, oldest first. */
  messages(queue: StoredQueue): Promise<[key: string, message: StoredMessage][]>;
  getMessage(key: string): Promise<StoredMessage | undefined>;
  putMessage(key: string, message: StoredMessage): Promise<void>;
  removeMessage(key: string): Promise<void>;
}

export function openQueueStore(context: PlaceContext): QueueStore {
  const queues = context.store.collection<StoredQueue>('sqs-queues');
  const messages = context.store.collection<StoredMessage>('sqs-messages');
  let sequence = 0;
  const purge = async (name: string) => {
    const keys: { delete: string }[] = [];
    for await (const [key] of messages.entries(`${name}/`)) keys.push({ delete: key });
    await messages.batch(keys);
  };
  return {
    list: async () => {
      const all: StoredQueue[] = [];
      for await (const [, queue] of queues.entries()) all.push(queue);
      return all;
    },
    find: async (reference) => {
      const found = await queues.get(queueNameOf(reference));
      if (found !== undefined) return found;
      throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    },
    has: async (name) => (await queues.get(name)) !== undefined,
    put: (queue) => queues.put(queue.name, queue),
    remove: async (name) => {
      await queues.delete(name);
      await purge(name);
    },
    purge,
    add: async (queue, body, attributes, delaySeconds) => {
      const messageId = randomUUID();
      const sentAtMs = context.clock.now();
      // The sequence keeps messages of one millisecond in order.
      const order = `${String(sentAtMs).padStart(15, '0')}-${String(sequence++).padStart(9, '0')}`;
      await messages.put(`${queue.name}/${order}-${messageId}`, {
        messageId,
        body,
        attributes,
        sentAtMs,
        visibleAtMs: sentAtMs + delaySeconds * 1000,
        receiveCount: 0,
      });
      return messageId;
    },
    messages: async (queue) => {
      const retentionMs = Number(queue.attributes['MessageRetentionPeriod']) * 1000;
      const oldest = context.clock.now() - retentionMs;
      const all: [string, StoredMessage][] = [];
      for await (const [key, message] of messages.entries(`${queue.name}/`)) {
        if (message.sentAtMs < oldest) await messages.delete(key);
        else all.push([key, message]);
      }
      return all;
    },
    getMessage: (key) => messages.get(key),
    putMessage: (key, message) => messages.put(key, message),
    removeMessage: (key) => messages.delete(key),
  };
}

/** @param reference name, URL or ARN */
export function queueNameOf(reference: string): string {
  return reference.split(/[/:]/).at(-1) ?? reference;
}
