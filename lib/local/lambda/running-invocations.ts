import type { Quotas } from '../quotas/quotas.js';
import { tooManyInvocations } from '../quotas/throttling-error.js';
import type { InvocationResult } from './run-invocation.js';
import type { StoredFunction } from './stored-function.js';

/** The invocations that run, by function. */
export class RunningInvocations {
  readonly #running = new Map<string, Set<Promise<InvocationResult>>>();
  readonly #quotas: Quotas;
  #count = 0;

  constructor(quotas: Quotas) {
    this.#quotas = quotas;
  }

  /** Begins an invocation. @throws AwsError `TooManyRequestsException` over the concurrency of the function or the account */
  async run(
    { name, reservedConcurrency = Infinity }: StoredFunction,
    begin: () => Promise<InvocationResult>,
  ): Promise<InvocationResult> {
    const running = this.#running.get(name) ?? new Set();
    if (running.size >= reservedConcurrency) {
      throw tooManyInvocations('ReservedFunctionConcurrentInvocationLimitExceeded');
    }
    if (this.#count >= this.#quotas.concurrentInvocations) {
      throw tooManyInvocations('ConcurrentInvocationLimitExceeded');
    }
    this.#quotas.take({ service: 'lambda', operation: 'Invoke' });
    const invocation = begin();
    this.#running.set(name, running.add(invocation));
    this.#count += 1;
    try {
      return await invocation;
    } finally {
      running.delete(invocation);
      this.#count -= 1;
    }
  }

  /** Resolves when the invocations of a function that run now have ended. */
  async ended(name: string): Promise<void> {
    await Promise.allSettled([...(this.#running.get(name) ?? [])]);
  }
}
