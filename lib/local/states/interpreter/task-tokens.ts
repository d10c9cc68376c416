import { randomUUID } from 'node:crypto';

import { StateError } from './state-error.js';

/** A task that waits until its task token is returned with a result or an error. */
export interface WaitingTask {
  readonly token: string;
  /**
   * Resolves to the JSON text that `SendTaskSuccess` sends. Rejects with a StateError after `SendTaskFailure`.
   */
  readonly answer: Promise<string>;
  /** Adds a function that is called at each heartbeat. */
  onHeartbeat(listener: () => void): void;
  /** Makes the token invalid. */
  close(): void;
}

/** Receives the results, errors and heartbeats that are sent with the token of a waiting task. */
interface TokenHolder {
  succeed(output: string): void;
  fail(error: StateError): void;
  heartbeat(): void;
}

/** The task tokens of waiting tasks. */
export class TaskTokens {
  private readonly holders = new Map<string, TokenHolder>();

  /** Creates the task token of one attempt of a task. */
  open(): WaitingTask {
    const token = Buffer.from(`${PREFIX}${randomUUID()}`).toString('base64');
    const listeners: (() => void)[] = [];
    const answer = new Promise<string>((resolve, reject) => {
      this.holders.set(token, {
        succeed: resolve,
        fail: reject,
        heartbeat: () => listeners.forEach((listener) => listener()),
      });
    });
    // Handles a rejection here as well: the task may end before its answer is awaited, and an unhandled rejection
    // would end the process.
    answer.catch(() => undefined);
    return {
      token,
      answer,
      onHeartbeat: (listener) => void listeners.push(listener),
      close: () => void this.holders.delete(token),
    };
  }

  /** Ends the task of a token with an output. @returns false if no task waits for the token */
  succeed(token: string, output: string): boolean {
    return this.take(token, (holder) => holder.succeed(output));
  }

  /** Fails the task of a token. @returns false if no task waits for the token */
  fail(token: string, error: string, cause: string): boolean {
    return this.take(token, (holder) => holder.fail(new StateError(error, cause)));
  }

  /** Restarts the heartbeat timeout of the task. @returns false if no task waits for the token */
  heartbeat(token: string): boolean {
    const holder = this.holders.get(token);
    holder?.heartbeat();
    return holder !== undefined;
  }

  private take(token: string, use: (holder: TokenHolder) => void): boolean {
    const holder = this.holders.get(token);
    if (holder === undefined) return false;
    this.holders.delete(token);
    use(holder);
    return true;
  }
}

/** Returns whether a text has the form of a token that {@link TaskTokens} creates. */
export function isTaskToken(text: string): boolean {
  return Buffer.from(text, 'base64').toString().startsWith(PREFIX);
}

const PREFIX = 'task-token:';
