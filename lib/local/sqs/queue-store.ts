import { randomUUID } from 'node:crypto';

import type { CollectionChange } from '../durable/durable-store.js';
import { KeyedLock } from '../durable/keyed-lock.js';
import { valuesOf } from '../durable/values-of.js';
import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import type { MessageAttributes } from './message-digest.js';

export interface StoredQueue {
  readonly name: string;
  /** Attributes with the names and text values of the API. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Tags by key. Missing for queues in data folders of earlier versions. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
}

export interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly sentAtMs: number;
  /** Time from which receivers can see the message. */
  readonly visibleAtMs: number;
  readonly receiveCount: number;
  readonly firstReceivedAtMs?: number | undefined;
}

/** The queues and their messages. */
export type QueueStore = ReturnType<typeof openQueueStore>;

export function openQueueStore(context: PlaceContext) {
  const queues = context.store.collection<StoredQueue>('sqs-queues');
  const messages = context.store.collection<StoredMessage>('sqs-messages');
  const changes = new KeyedLock();
  let sequence = 0;
  const purge = async (name: string) => {
    const keys: { delete: string }[] = [];
    for await (const [key] of messages.entries(`${name}/`)) keys.push({ delete: key });
    await messages.batch(keys);
  };
  return {
    /**
     * Runs work that changes queues or messages after all earlier work. Without it, a message that is deleted while its
     * visibility is changed would be stored again. All queues have one lock, because a redrive changes two of them.
     */
    change: <T>(work: () => Promise<T>): Promise<T> => changes.run('queues', work),
    list: () => valuesOf(queues),
    /** Finds a queue. @param reference name, URL or ARN. @throws AwsError `QueueDoesNotExist` */
    find: async (reference: string): Promise<StoredQueue> => {
      const found = await queues.get(queueNameOf(reference));
      if (found !== undefined) return found;
      throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    },
    /** @param reference name, URL or ARN */
    has: async (reference: string) => (await queues.get(queueNameOf(reference))) !== undefined,
    put: (queue: StoredQueue) => queues.put(queue.name, queue),
    /** Removes a queue with its messages. */
    remove: async (name: string) => {
      await queues.delete(name);
      await purge(name);
    },
    purge,
    /** Adds a message. @returns its id */
    add: async (queue: StoredQueue, body: string, attributes: MessageAttributes, delaySeconds: number) => {
      const message = newMessage(context.clock.now(), body, attributes, delaySeconds);
      // The sequence number keeps messages of the same millisecond in order.
      const order = `${String(message.sentAtMs).padStart(15, '0')}-${String(sequence++).padStart(9, '0')}`;
      await messages.put(`${queue.name}/${order}-${message.messageId}`, message);
      return message.messageId;
    },
    /** Returns the messages that have not passed the retention period, each with its key, oldest first. */
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
    /** Moves a message to another queue, in one write. As in SQS, it keeps its id and the time at which it was sent. */
    moveMessage: (key: string, message: StoredMessage, to: string) =>
      messages.batch(moveChanges(key, { ...message, visibleAtMs: context.clock.now() }, queueNameOf(to))),
  };
}

function newMessage(
  sentAtMs: number,
  body: string,
  attributes: MessageAttributes,
  delaySeconds: number,
): StoredMessage {
  const visibleAtMs = sentAtMs + delaySeconds * 1000;
  return { messageId: randomUUID(), body, attributes, sentAtMs, visibleAtMs, receiveCount: 0 };
}

function moveChanges(key: string, message: StoredMessage, to: string): CollectionChange<StoredMessage>[] {
  const moved = `${to}/${key.slice(key.indexOf('/') + 1)}`;
  return [
    { delete: key },
    { put: moved, value: { ...message, receiveCount: 0, firstReceivedAtMs: undefined } },
  ];
}

/** Returns the name of a queue. @param reference name, URL or ARN */
export function queueNameOf(reference: string): string {
  return reference.split(/[/:]/).at(-1) ?? reference;
}
