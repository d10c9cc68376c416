import { randomUUID } from 'node:crypto';

import type { PlaceContext } from '../place-context.js';
import { redrivePolicy } from './queue-attributes.js';
import type { QueueStore, StoredMessage } from './queue-store.js';

export interface ReceivedMessage extends StoredMessage {
  readonly receiptHandle: string;
}

export interface ReceiveOptions {
  readonly max: number;
  readonly visibilitySeconds: number;
  readonly waitSeconds: number;
}

const POLL_INTERVAL_MS = 100;

/** Receives messages. Each received message is hidden from other receivers for its visibility timeout. */
export class MessageReceiver {
  readonly #context: PlaceContext;
  readonly #store: QueueStore;
  readonly #closing: AbortSignal;

  /** @param closing aborts when the service stops. Ends all waits for messages */
  constructor(context: PlaceContext, store: QueueStore, closing: AbortSignal) {
    this.#context = context;
    this.#store = store;
    this.#closing = closing;
  }

  /**
   * Receives messages. Waits up to `waitSeconds` for the first one.
   * @throws AwsError `QueueDoesNotExist`, also if the queue is deleted during the wait
   */
  async receive(queue: string, options: ReceiveOptions): Promise<ReceivedMessage[]> {
    const { clock } = this.#context;
    const untilMs = clock.now() + options.waitSeconds * 1000;
    for (;;) {
      const received = await this.#store.change(() => this.#takeVisible(queue, options));
      const leftMs = untilMs - clock.now();
      if (received.length > 0 || leftMs <= 0 || this.#closing.aborted) return received;
      await clock.sleep(Math.min(POLL_INTERVAL_MS, leftMs), this.#closing).catch(() => undefined);
    }
  }

  async #takeVisible(name: string, { max, visibilitySeconds }: ReceiveOptions): Promise<ReceivedMessage[]> {
    const queue = await this.#store.find(name);
    const now = this.#context.clock.now();
    const redrive = redrivePolicy(queue.attributes['RedrivePolicy']);
    // If the dead-letter queue was deleted, messages stay in this queue.
    const canMove = redrive !== undefined && (await this.#store.has(redrive.deadLetterTargetArn));
    const received: ReceivedMessage[] = [];
    for (const [key, message] of await this.#store.messages(queue)) {
      if (received.length >= max) break;
      if (message.visibleAtMs > now) continue;
      if (canMove && message.receiveCount >= redrive.maxReceiveCount) {
        await this.#store.moveMessage(key, message, redrive.deadLetterTargetArn);
        continue;
      }
      const taken = {
        ...message,
        receiveCount: message.receiveCount + 1,
        firstReceivedAtMs: message.firstReceivedAtMs ?? now,
        visibleAtMs: now + visibilitySeconds * 1000,
      };
      await this.#store.putMessage(key, taken);
      received.push({ ...taken, receiptHandle: receiptHandle(key) });
    }
    return received;
  }
}

function receiptHandle(key: string): string {
  return Buffer.from(`${key} ${randomUUID()}`).toString('base64');
}

/** Returns the key of the message in a receipt handle; undefined for an invalid handle. */
export function keyOfReceipt(handle: string): string | undefined {
  const [key = '', salt] = Buffer.from(handle, 'base64').toString('utf8').split(' ');
  return salt === undefined || !key.includes('/') ? undefined : key;
}
