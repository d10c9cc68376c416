import { randomUUID } from 'node:crypto';

import { valuesOf } from '../durable/values-of.js';
import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import type { MessageAttributes } from './message-digest.js';

export interface StoredQueue {
  readonly name: string;
  /** Attributes as in the API, where all values are text. */
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

/** Queues and their messages. */
export type QueueStore = ReturnType<typeof openQueueStore>;

export function openQueueStore(context: PlaceContext) {
  const queues = context.store.collection<StoredQueue>('sqs-queues');
  const messages = context.store.collection<StoredMessage>('sqs-messages');
  let sequence = 0;
  const purge = async (name: string) => {
    const keys: { delete: string }[] = [];
    for await (const [key] of messages.entries(`${name}/`)) keys.push({ delete: key });
    await messages.batch(keys);
  };
  return {
    list: () => valuesOf(queues),
    /** @param reference name, URL or ARN. @throws AwsError `QueueDoesNotExist` */
    find: async (reference: string): Promise<StoredQueue> => {
      const found = await queues.get(queueNameOf(reference));
      if (found !== undefined) return found;
      throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    },
    has: async (name: string) => (await queues.get(name)) !== undefined,
    put: (queue: StoredQueue) => queues.put(queue.name, queue),
    /** Removes a queue with its messages. */
    remove: async (name: string) => {
      await queues.delete(name);
      await purge(name);
    },
    purge,
    /** Returns the id of the added message. */
    add: async (queue: StoredQueue, body: string, attributes: MessageAttributes, delaySeconds: number) => {
      const messageId = randomUUID();
      const sentAtMs = context.clock.now();
      // The sequence number orders messages of the same millisecond.
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
    /** Returns the messages within the retention period with their keys, oldest first. */
    messages: async (queue: StoredQueue) => {
      const retentionMs = Number(queue.attributes['MessageRetentionPeriod']) * 1000;
      const oldest = context.clock.now() - retentionMs;
      const all: [key: string, message: StoredMessage][] = [];
      for await (const [key, message] of messages.entries(`${queue.name}/`)) {
        if (message.sentAtMs < oldest) await messages.delete(key);
        else all.push([key, message]);
      }
      return all;
    },
    getMessage: (key: string) => messages.get(key),
    putMessage: (key: string, message: StoredMessage) => messages.put(key, message),
    removeMessage: (key: string) => messages.delete(key),
  };
}

/** @param reference name, URL or ARN */
export function queueNameOf(reference: string): string {
  return reference.split(/[/:]/).at(-1) ?? reference;
}
