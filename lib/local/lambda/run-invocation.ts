import type { PlaceContext } from '../place-context.js';
import { refuseToRun } from './function-properties.js';
import type { RunningInvocations } from './running-invocations.js';
import { functionArn, type StoredFunction } from './stored-function.js';
import type { FunctionFault } from './worker-messages.js';
import type { WorkerLog } from './worker-log.js';
import type { QueuePosition, WorkerPool } from './worker-pool.js';
import type { WorkerOutcome, WorkerProcess } from './worker-process.js';

/**
 * Largest response of a synchronous invocation, in bytes.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const ANSWER_MAX_BYTES = 6 * 1024 * 1024;

/** A worker with its log. */
export interface LoggedWorker extends WorkerProcess {
  readonly log: WorkerLog;
  /**
   * Duration of loading the handler. Set to undefined once the report of the first invocation has contained it.
   */
  initDurationMs: number | undefined;
}

export interface InvocationResult {
  /** JSON text. */
  readonly payload: string;
  readonly functionError?: 'Unhandled';
  readonly requestId: string;
  /** The last 4 KB of the invocation's log. */
  readonly logTail: string;
}

export interface InvocationRunner {
  readonly context: PlaceContext;
  readonly pool: WorkerPool<LoggedWorker>;
  readonly running: RunningInvocations;
}

export interface Invocation {
  readonly definition: StoredFunction;
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  /**
   * `waits` if a caller waits for the result; `event` if the invocation comes from the queue of asynchronous events.
   */
  readonly caller: 'waits' | 'event';
}

/**
 * Runs one invocation and returns its result, which may be a failure. If a caller waits for it, it counts towards the
 * concurrency limits from the start, even while it waits for a worker, because AWS would start an environment
 * instead. An asynchronous event counts only while it has a worker.
 * @throws AwsError `TooManyRequestsException` over the concurrency of the function or the account, or over the request
 *   rate; `ServiceException` while the local AWS is being stopped; `InvalidRuntimeException`
 */
export async function runInvocation(
  { context, pool, running }: InvocationRunner,
  invocation: Invocation,
): Promise<InvocationResult> {
  const { definition, caller } = invocation;
  refuseToRun(definition);
  const runOn = (worker: LoggedWorker) => runOnWorker(context, invocation, worker);
  const result =
    caller === 'waits'
      ? running.count(definition, () => withWorker(pool, definition, 'first', runOn))
      : withWorker(pool, definition, 'last', (worker) => running.count(definition, () => runOn(worker)));
  return running.register(definition.name, result);
}

async function withWorker(
  pool: WorkerPool<LoggedWorker>,
  definition: StoredFunction,
  place: QueuePosition,
  run: (worker: LoggedWorker) => Promise<InvocationResult>,
): Promise<InvocationResult> {
  const worker = await pool.acquire(definition, place);
  try {
    return await run(worker);
  } finally {
    pool.release(worker);
  }
}

async function runOnWorker(
  context: PlaceContext,
  { definition, requestId, payload }: Invocation,
  worker: LoggedWorker,
): Promise<InvocationResult> {
  const { log } = worker;
  const ready = await worker.ready;
  log.start(requestId);
  const timeoutMs = definition.timeoutSeconds * 1000;
  const startedAt = performance.now();
  const outcome =
    typeof ready === 'number'
      ? await worker.invoke(
          {
            requestId,
            payload,
            deadlineMs: Date.now() + timeoutMs,
            functionArn: functionArn(context, definition.name),
          },
          timeoutMs,
        )
      : ready;
  const result = resultOf(outcome, requestId, definition);
  if (outcome.kind === 'exited')
    log.line(`RequestId: ${requestId} Error: ${outcome.reason}\rRuntime.ExitError`);
  log.end(requestId, {
    status: statusOf(outcome),
    durationMs: performance.now() - startedAt,
    initDurationMs: worker.initDurationMs,
    maxMemoryMb: 'maxMemoryMb' in outcome ? outcome.maxMemoryMb : undefined,
  });
  worker.initDurationMs = undefined;
  await log.flush();
  if (outcome.kind !== 'answered' && (outcome.kind !== 'failed' || outcome.fatal)) await worker.stop();
  return { ...result, requestId, logTail: log.tail() };
}

function resultOf(
  outcome: WorkerOutcome,
  requestId: string,
  { timeoutSeconds }: StoredFunction,
): { payload: string; functionError?: 'Unhandled' } {
  if (outcome.kind === 'answered') {
    const size = Buffer.byteLength(outcome.payload);
    if (size <= ANSWER_MAX_BYTES) return { payload: outcome.payload };
    return fault({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: `Response payload size (${size} bytes) exceeded maximum allowed payload size (${ANSWER_MAX_BYTES} bytes).`,
    });
  }
  if (outcome.kind === 'failed') return fault(outcome.fault);
  if (outcome.kind === 'timedOut') {
    const seconds = timeoutSeconds.toFixed(2);
    return fault({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
    });
  }
  return fault({
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: ${outcome.reason}`,
  });
}

function fault(described: FunctionFault): { payload: string; functionError: 'Unhandled' } {
  return { payload: JSON.stringify(described), functionError: 'Unhandled' };
}

function statusOf({ kind }: WorkerOutcome): 'success' | 'error' | 'failure' | 'timeout' {
  if (kind === 'answered') return 'success';
  if (kind === 'failed') return 'error';
  return kind === 'timedOut' ? 'timeout' : 'failure';
}
