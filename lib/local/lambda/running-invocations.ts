import type { Quotas } from '../quotas/quotas.js';
import { tooManyInvocations } from '../quotas/throttling-error.js';
import type { StoredFunction } from './stored-function.js';

/** The invocations of each function that are running or waiting for a worker. */
export class RunningInvocations {
  readonly #begun = new Map<string, Set<Promise<unknown>>>();
  readonly #counts = new Map<string, number>();
  readonly #quotas: Quotas;
  #count = 0;

  constructor(quotas: Quotas) {
    this.#quotas = quotas;
  }

  /** Registers an invocation, so that {@link ended} waits for it even while it has no worker yet. */
  async register<Result>(name: string, invocation: Promise<Result>): Promise<Result> {
    const begun = this.#begun.get(name) ?? new Set();
    this.#begun.set(name, begun.add(invocation));
    try {
      return await invocation;
    } finally {
      begun.delete(invocation);
    }
  }

  /**
   * Runs an invocation and counts it while it runs.
   * @throws AwsError `TooManyRequestsException` over the concurrency of the function or the account, or over the
   *   request rate
   */
  async count<Result>(
    { name, reservedConcurrency = Infinity }: StoredFunction,
    run: () => Promise<Result>,
  ): Promise<Result> {
    if (this.#countOf(name) >= reservedConcurrency) {
      throw tooManyInvocations('ReservedFunctionConcurrentInvocationLimitExceeded');
    }
    if (this.#count >= this.#quotas.concurrentInvocations) {
      throw tooManyInvocations('ConcurrentInvocationLimitExceeded');
    }
    this.#quotas.take({ service: 'lambda', operation: 'Invoke' });
    this.#add(name, 1);
    try {
      return await run();
    } finally {
      this.#add(name, -1);
    }
  }

  /** Resolves when the started invocations of a function have ended. */
  async ended(name: string): Promise<void> {
    await Promise.allSettled([...(this.#begun.get(name) ?? [])]);
  }

  #countOf(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  #add(name: string, difference: 1 | -1): void {
    this.#count += difference;
    this.#counts.set(name, this.#countOf(name) + difference);
  }
}
