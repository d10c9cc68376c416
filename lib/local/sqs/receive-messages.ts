import { randomUUID } from 'node:crypto';

import type { PlaceContext } from '../place-context.js';
import { redrivePolicy } from './queue-attributes.js';
import type { QueueStore, StoredMessage, StoredQueue } from './queue-store.js';

export interface ReceivedMessage extends StoredMessage {
  readonly receiptHandle: string;
}

export interface ReceiveOptions {
  readonly max: number;
  readonly visibilitySeconds: number;
  readonly waitSeconds: number;
}

/** How often a waiting receiver looks. */
const LOOK_EVERY_MS = 100;

/** Hands out messages, hidden from others for a while; waits for the first one as long as asked. */
export async function receiveMessages(
  context: PlaceContext,
  store: QueueStore,
  queue: StoredQueue,
  options: ReceiveOptions,
  closing: AbortSignal,
): Promise<ReceivedMessage[]> {
  const untilMs = context.clock.now() + options.waitSeconds * 1000;
  for (;;) {
    const received = await takeVisible(context, store, queue, options);
    const leftMs = untilMs - context.clock.now();
    if (received.length > 0 || leftMs <= 0 || closing.aborted) return received;
    await context.clock.sleep(Math.min(LOOK_EVERY_MS, leftMs), closing).catch(() => undefined);
  }
}

const turns = new WeakMap<QueueStore, Promise<unknown>>();

/** One receiver at a time, so that no two get the same message. */
async function takeVisible(
  context: PlaceContext,
  store: QueueStore,
  queue: StoredQueue,
  options: ReceiveOptions,
): Promise<ReceivedMessage[]> {
  const turn = (turns.get(store) ?? Promise.resolve()).then(() => take(context, store, queue, options));
  turns.set(
    store,
    turn.catch(() => undefined),
  );
  return turn;
}

async function take(
  context: PlaceContext,
  store: QueueStore,
  queue: StoredQueue,
  { max, visibilitySeconds }: ReceiveOptions,
): Promise<ReceivedMessage[]> {
  const now = context.clock.now();
  const redrive = redrivePolicy(queue.attributes['RedrivePolicy']);
  const received: ReceivedMessage[] = [];
  for (const [key, message] of await store.messages(queue)) {
    if (received.length >= max) break;
    if (message.visibleAtMs > now) continue;
    if (redrive !== undefined && message.receiveCount >= redrive.maxReceiveCount) {
      await moveMessage(store, key, message, redrive.deadLetterTargetArn);
      continue;
    }
    const taken = {
      ...message,
      receiveCount: message.receiveCount + 1,
      firstReceivedAtMs: message.firstReceivedAtMs ?? now,
      visibleAtMs: now + visibilitySeconds * 1000,
    };
    await store.putMessage(key, taken);
    received.push({ ...taken, receiptHandle: receiptHandle(key) });
  }
  return received;
}

/** Added there before it is removed here: a kill between the two leaves it twice, never lost. */
async function moveMessage(
  store: QueueStore,
  key: string,
  message: StoredMessage,
  to: string,
): Promise<void> {
  await store.add(await store.find(to), message.body, message.attributes, 0);
  await store.removeMessage(key);
}

function receiptHandle(key: string): string {
  return Buffer.from(`${key} ${randomUUID()}`).toString('base64');
}

/** The message's key; undefined when the handle is none of ours. */
export function keyOfReceipt(handle: string): string | undefined {
  const [key = '', salt] = Buffer.from(handle, 'base64').toString('utf8').split(' ');
  return salt === undefined || !key.includes('/') ? undefined : key;
}
