import { openRetryQueue } from '../retry-queue.js';
import { AwsError } from '../wire/aws-error.js';
import {
  sendResult,
  type AsyncEvent,
  type AsyncOutcome,
  type DestinationsOptions,
} from './async-destinations.js';
import type { FunctionRegistry } from './function-registry.js';
import type { InvocationResult } from './run-invocation.js';
import type { AsyncConfig, StoredFunction } from './stored-function.js';

export interface AsyncInvocationsOptions extends DestinationsOptions {
  readonly registry: FunctionRegistry;
  readonly run: (definition: StoredFunction, requestId: string, payload: string) => Promise<InvocationResult>;
}

/**
 * Time before the first and the second retry.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const RETRY_WAITS_MS = [60_000, 120_000];
/** Time before the next try after a throttled one, which does not count as an attempt. */
const THROTTLE_WAIT_MS = 1_000;

/**
 * Opens the queue of asynchronous events. Each event is stored until it was handled, so its function runs at least
 * once, even if the local AWS is killed.
 */
export async function openAsyncInvocations(options: AsyncInvocationsOptions) {
  const { context, registry } = options;
  const queue = await openRetryQueue<AsyncEvent>({
    context,
    collection: 'lambda-async-events',
    describe: ({ functionName }) => `An asynchronous event of function ${functionName}`,
    attempt: async (work, closing) => {
      const definition = await findFunction(registry, work.functionName);
      if (definition === undefined) return undefined;
      const config = await registry.asyncConfig(work.functionName);
      const result = await attempt(options, definition, work);
      closing.throwIfAborted();
      const event = result === undefined ? work : { ...work, attempts: work.attempts + 1 };
      const waitMs = waitBeforeRetry(result, event.attempts);
      const condition = endOf(result, event, config, context.clock.now() + waitMs);
      if (condition === undefined) return { work: event, waitMs };
      await sendResult(options, { definition, config, event, condition, result });
      return undefined;
    },
  });
  return {
    /** Resolves when the event is stored. The function runs later. */
    accept: (functionName: string, requestId: string, payload: string): Promise<void> => {
      const event = { requestId, functionName, payload, acceptedAtMs: context.clock.now(), attempts: 0 };
      return queue.accept([[requestId, event]]);
    },
    /** Stops the queue. Events that were not handled are handled after the next start. */
    close: () => queue.close(),
  };
}

function endOf(
  result: InvocationResult | undefined,
  event: AsyncEvent,
  { maxRetries, maxAgeSeconds }: AsyncConfig,
  nextAttemptAtMs: number,
): AsyncOutcome['condition'] | undefined {
  if (result !== undefined) {
    if (result.functionError === undefined) return 'Success';
    if (event.attempts > maxRetries) return 'RetriesExhausted';
  }
  return nextAttemptAtMs - event.acceptedAtMs > maxAgeSeconds * 1000 ? 'EventAgeExceeded' : undefined;
}

function waitBeforeRetry(result: InvocationResult | undefined, attempts: number): number {
  if (result === undefined) return THROTTLE_WAIT_MS;
  return RETRY_WAITS_MS[Math.min(attempts, RETRY_WAITS_MS.length) - 1] ?? 0;
}

/**
 * Invokes the function once.
 * @returns undefined if the invocation was throttled
 */
async function attempt(
  options: AsyncInvocationsOptions,
  definition: StoredFunction,
  { requestId, payload }: AsyncEvent,
): Promise<InvocationResult | undefined> {
  try {
    return await options.run(definition, requestId, payload);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'TooManyRequestsException') return undefined;
    throw error;
  }
}

async function findFunction(registry: FunctionRegistry, name: string): Promise<StoredFunction | undefined> {
  try {
    return await registry.find(name);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}
