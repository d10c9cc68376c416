import type { InvokeAnswer } from '../../../lib/local/ports.js';
import type { Quotas } from '../../../lib/local/quotas/quotas.js';
import { tooManyInvocations } from '../../../lib/local/quotas/throttling-error.js';
import type { Handler, MakeClient } from './handlers.js';
import type { Meter } from './meter.js';
import type { Caller } from './network.js';
import type { VirtualTime } from './virtual-time.js';

export interface FunctionsOptions {
  readonly time: VirtualTime;
  readonly quotas: Quotas;
  readonly meter: Meter;
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Timeouts of the functions by handler, in seconds. */
  readonly timeouts: Readonly<Record<string, number>>;
  readonly clientsOf: (caller: Caller) => MakeClient;
}

/** Time before the first and the second retry of an event. */
const RETRY_WAITS_MS = [60_000, 120_000];

/** Lambda. Its functions run in this process. */
export class Functions {
  /** Events whose three attempts failed. In AWS, they are sent to the dead-letter queue. */
  readonly deadLetters: { readonly handler: string; readonly event: object }[] = [];
  readonly #options: FunctionsOptions;
  #running = 0;

  constructor(options: FunctionsOptions) {
    this.#options = options;
  }

  /** Runs a handler once. @throws AwsError if too many invocations are running */
  async invoke(name: string, payload: string): Promise<InvokeAnswer> {
    const { time, quotas, meter, handlers, timeouts, clientsOf } = this.#options;
    const handler = handlers[name];
    if (handler === undefined) throw new Error(`the simulation has no function ${name}`);
    if (this.#running >= quotas.concurrentInvocations)
      throw tooManyInvocations('ConcurrentInvocationLimitExceeded');
    this.#running += 1;
    const sinceMs = time.now();
    const over = new AbortController();
    let isGone = false;
    const end = (errorType: string, resolve: (answer: InvokeAnswer) => void) => {
      isGone = true;
      resolve(failed(errorType, `${name} ended`));
    };
    const answer = await new Promise<InvokeAnswer>((resolve) => {
      const caller: Caller = { isGone: () => isGone, kill: () => end('Runtime.ExitError', resolve) };
      time.sleep((timeouts[name] ?? 3) * 1_000, over.signal).then(
        () => end('Sandbox.Timedout', resolve),
        () => undefined,
      );
      handler(JSON.parse(payload), clientsOf(caller)).then(
        (value) => resolve({ payload: JSON.stringify(value ?? null), requestId: 'r' }),
        (error: Error) => resolve(failed(error.name, error.message)),
      );
    });
    over.abort(new Error('answered'));
    isGone = true;
    this.#running -= 1;
    meter.invocation(name, time.now() - sinceMs);
    return answer;
  }

  /**
   * Runs a handler for an event, up to three times. Resolves when one attempt has succeeded or all have failed.
   */
  async deliver(name: string, event: object): Promise<void> {
    const payload = JSON.stringify(event);
    for (let attempt = 0; ;) {
      const answer = await this.invoke(name, payload).catch(() => undefined);
      if (answer !== undefined && answer.functionError === undefined) return;
      const waitMs = answer === undefined ? 1_000 : RETRY_WAITS_MS[attempt];
      if (waitMs === undefined) return void this.deadLetters.push({ handler: name, event });
      if (answer !== undefined) attempt += 1;
      await this.#options.time.sleep(waitMs);
    }
  }
}

function failed(errorType: string, errorMessage: string): InvokeAnswer {
  return { payload: JSON.stringify({ errorType, errorMessage }), functionError: 'Unhandled', requestId: 'r' };
}
