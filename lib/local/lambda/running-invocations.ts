import { AwsError } from '../wire/aws-error.js';
import type { InvocationResult } from './run-invocation.js';
import type { StoredFunction } from './stored-function.js';

/** The invocations that run, by function. */
export class RunningInvocations {
  readonly #running = new Map<string, Set<Promise<InvocationResult>>>();

  /** Begins an invocation. @throws AwsError `TooManyRequestsException` over the function's reserved concurrency */
  async run(
    { name, reservedConcurrency = Infinity }: StoredFunction,
    begin: () => Promise<InvocationResult>,
  ): Promise<InvocationResult> {
    const running = this.#running.get(name) ?? new Set();
    if (running.size >= reservedConcurrency) throw throttled();
    const invocation = begin();
    this.#running.set(name, running.add(invocation));
    try {
      return await invocation;
    } finally {
      running.delete(invocation);
    }
  }

  /** Resolves when the invocations of a function that run now have ended. */
  async ended(name: string): Promise<void> {
    await Promise.allSettled([...(this.#running.get(name) ?? [])]);
  }
}

function throttled(): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, {
    Type: 'User',
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  });
}
