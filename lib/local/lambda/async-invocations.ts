import type { PlaceContext } from '../place-context.js';
import { whenListening } from '../when-listening.js';
import { AwsError } from '../wire/aws-error.js';
import type { Destinations } from './async-destinations.js';
import type { AsyncEnd, AsyncEvent } from './async-event.js';
import type { FunctionRegistry } from './function-registry.js';
import type { InvocationResult } from './run-invocation.js';
import type { AsyncConfig, StoredFunction } from './stored-function.js';

export interface AsyncInvocations {
  /** Resolves when the event is stored. It runs later. */
  accept(functionName: string, requestId: string, payload: string): Promise<void>;
  /** Stops waiting. Events that are not done run after the next start. */
  close(): Promise<void>;
}

export interface AsyncInvocationsOptions {
  readonly context: PlaceContext;
  readonly registry: FunctionRegistry;
  readonly destinations: Destinations;
  readonly run: (definition: StoredFunction, requestId: string, payload: string) => Promise<InvocationResult>;
}

/** Waits before the first and the second retry. @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_WAITS_MS = [60_000, 120_000];
/** Wait after a throttle, which does not count as an attempt. */
const THROTTLE_WAIT_MS = 1_000;

/** Opens the queue of asynchronous events. Each event is stored until it is done, so it runs at least once, also after a kill. */
export async function openAsyncInvocations(options: AsyncInvocationsOptions): Promise<AsyncInvocations> {
  const { context, registry } = options;
  const stored = context.store.collection<AsyncEvent>('lambda-async-events');
  const closing = new AbortController();
  const running = new Set<Promise<void>>();

  const start = (event: AsyncEvent) => {
    const work = runUntilDone(event)
      .catch((error: unknown) => {
        if (closing.signal.aborted) return;
        context.reportProblem(`An asynchronous event of function ${event.functionName} failed`, error);
      })
      .finally(() => running.delete(work));
    running.add(work);
  };

  const runUntilDone = async (accepted: AsyncEvent): Promise<void> => {
    if (!(await whenListening(context, closing.signal))) return;
    let event = accepted;
    for (;;) {
      const definition = await findFunction(registry, event.functionName);
      if (definition === undefined) return stored.delete(keyOf(event));
      const config = await registry.asyncConfig(event.functionName);
      const result = await attempt(options, definition, event);
      if (closing.signal.aborted) return;
      if (result !== 'throttled') event = { ...event, attempts: event.attempts + 1 };
      const waitMs = waitBeforeRetry(result, event.attempts);
      const end = endOf(result, event, config, context.clock.now() + waitMs);
      if (end !== undefined) {
        const ended = result === 'throttled' ? undefined : result;
        await options.destinations.announce({ definition, config, event, condition: end, result: ended });
        return stored.delete(keyOf(event));
      }
      await stored.put(keyOf(event), event);
      await context.clock.sleep(waitMs, closing.signal);
    }
  };

  for await (const [, event] of stored.entries()) start(event);
  return {
    accept: async (functionName, requestId, payload) => {
      const event = { requestId, functionName, payload, acceptedAtMs: context.clock.now(), attempts: 0 };
      await stored.put(keyOf(event), event);
      start(event);
    },
    close: async () => {
      closing.abort(new Error('The local AWS was stopped.'));
      await Promise.all(running);
    },
  };
}

function endOf(
  result: InvocationResult | 'throttled',
  event: AsyncEvent,
  { maxRetries, maxAgeSeconds }: AsyncConfig,
  nextAttemptAtMs: number,
): AsyncEnd | undefined {
  if (result !== 'throttled') {
    if (result.functionError === undefined) return 'Success';
    if (event.attempts > maxRetries) return 'RetriesExhausted';
  }
  return nextAttemptAtMs - event.acceptedAtMs > maxAgeSeconds * 1000 ? 'EventAgeExceeded' : undefined;
}

function waitBeforeRetry(result: InvocationResult | 'throttled', attempts: number): number {
  if (result === 'throttled') return THROTTLE_WAIT_MS;
  return RETRY_WAITS_MS[Math.min(attempts, RETRY_WAITS_MS.length) - 1] ?? 0;
}

async function attempt(
  options: AsyncInvocationsOptions,
  definition: StoredFunction,
  { requestId, payload }: AsyncEvent,
): Promise<InvocationResult | 'throttled'> {
  try {
    return await options.run(definition, requestId, payload);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'TooManyRequestsException') return 'throttled';
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

function keyOf({ acceptedAtMs, requestId }: AsyncEvent): string {
  return `${String(acceptedAtMs).padStart(15, '0')}-${requestId}`;
}
