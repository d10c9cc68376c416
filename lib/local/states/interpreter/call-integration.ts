import { sleepUntil } from '../../clock.js';
import type { JsonObject } from '../../resources/resource-provider.js';
import type { TaskState } from './definition.js';
import type { Execution } from './execution.js';
import { WHOLE } from './history.js';
import { argumentsProblem, type Integration, type IntegrationCall } from './integration.js';
import { AttemptFailed, checkSize, HEARTBEAT_TIMEOUT, RUNTIME, StateError, TIMEOUT } from './state-error.js';
import type { WaitingTask } from './task-tokens.js';

/** Maximum duration of one attempt of a task, and maximum time between two heartbeats. */
export interface TaskLimits {
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
}

/** Aborts what waits for an attempt that has ended. One object, because the default reason costs a stack trace. */
const ATTEMPT_OVER = new Error('The attempt has ended.');

/**
 * Makes one attempt of a task. Records its events in the history, from TaskScheduled to its end.
 * @param waiting the task token for which the attempt waits, if the integration waits for one
 * @throws AttemptFailed
 */
export async function callIntegration(
  execution: Execution,
  state: TaskState,
  args: JsonObject,
  limits: TaskLimits,
  waiting: WaitingTask | undefined,
): Promise<unknown> {
  const { history } = execution;
  const names = integrationNames(state.integration);
  history.record('TaskScheduled', {
    taskScheduledEventDetails: {
      ...names,
      region: execution.identity.region,
      parameters: JSON.stringify(args),
      timeoutInSeconds: limits.timeoutSeconds,
      heartbeatInSeconds: limits.heartbeatSeconds,
    },
  });
  history.record('TaskStarted', { taskStartedEventDetails: names });
  await execution.flushed();
  try {
    const result = await inTime(execution, state, args, limits, waiting);
    const output = checkSize(
      JSON.stringify(result ?? null),
      `The state/task 'arn:aws:states:::${state.integration}' returned a result`,
    );
    history.record('TaskSucceeded', {
      taskSucceededEventDetails: { ...names, output, outputDetails: WHOLE },
    });
    return JSON.parse(output) as unknown;
  } catch (thrown) {
    execution.signal.throwIfAborted();
    if (!(thrown instanceof StateError)) throw thrown;
    const details = { ...names, error: thrown.error, cause: thrown.stateCause };
    if (thrown.error === TIMEOUT || thrown.error === HEARTBEAT_TIMEOUT)
      history.record('TaskTimedOut', { taskTimedOutEventDetails: details });
    else history.record('TaskFailed', { taskFailedEventDetails: details });
    throw new AttemptFailed(thrown);
  }
}

/**
 * Splits the name of an integration, such as `aws-sdk:dynamodb:putItem` into `aws-sdk:dynamodb` and `putItem`.
 */
function integrationNames(integration: string): { resourceType: string; resource: string } {
  const service = /^(aws-sdk:)?[^:]+/.exec(integration)?.[0] ?? '';
  return { resourceType: service, resource: integration.slice(service.length + 1) };
}

async function inTime(
  execution: Execution,
  state: TaskState,
  args: JsonObject,
  { timeoutSeconds, heartbeatSeconds }: TaskLimits,
  waiting: WaitingTask | undefined,
): Promise<unknown> {
  const integration = execution.integrations[state.integration];
  if (integration === undefined)
    throw new StateError(RUNTIME, `There is no integration ${state.integration}.`);
  const attemptOver = new AbortController();
  const outside = onAbort(execution.signal);
  const called = answer(execution, integration, args, attemptOver.signal);
  const rivals: Promise<unknown>[] = [outside.promise];
  if (waiting === undefined && integration.finish === undefined) rivals.push(called);
  else {
    const submitted = recordSubmission(execution, state, called, attemptOver.signal);
    if (waiting !== undefined) rivals.push(refusalOnly(submitted), answerOf(waiting));
    else
      rivals.push(
        submitted.then((result) => integration.finish?.(result, callBy(execution, attemptOver.signal))),
      );
  }
  if (timeoutSeconds !== undefined) rivals.push(timeout(execution, timeoutSeconds, attemptOver.signal));
  if (waiting !== undefined && heartbeatSeconds !== undefined)
    rivals.push(missedHeartbeat(execution, heartbeatSeconds, waiting, attemptOver.signal));
  try {
    return await Promise.race(rivals);
  } finally {
    outside.dispose();
    attemptOver.abort(ATTEMPT_OVER);
  }
}

async function answer(
  execution: Execution,
  integration: Integration,
  args: JsonObject,
  signal: AbortSignal,
): Promise<unknown> {
  const problem = argumentsProblem(integration, args);
  if (problem !== undefined) throw new StateError(RUNTIME, problem);
  return integration.call(args, callBy(execution, signal));
}

function callBy({ identity }: Execution, signal: AbortSignal): IntegrationCall {
  const { executionArn, stateMachineArn } = identity;
  return { executionArn, stateMachineArn, signal };
}

/** For a task that waits after the call, records that the service accepted the call. @returns the response */
async function recordSubmission(
  { history }: Execution,
  { integration }: TaskState,
  called: Promise<unknown>,
  signal: AbortSignal,
): Promise<unknown> {
  const result = await called;
  if (signal.aborted) return result;
  const output = JSON.stringify(result ?? null);
  history.record('TaskSubmitted', {
    taskSubmittedEventDetails: { ...integrationNames(integration), output, outputDetails: WHOLE },
  });
  return result;
}

/**
 * Rejects if the promise rejects, but never resolves: the call itself can fail such a task, but only its token can
 * complete it.
 */
function refusalOnly(promise: Promise<unknown>): Promise<never> {
  return promise.then(() => new Promise<never>(() => undefined));
}

async function answerOf(waiting: WaitingTask): Promise<unknown> {
  return JSON.parse(await waiting.answer) as unknown;
}

/** Rejects if no heartbeat was sent for the given time. */
async function missedHeartbeat(
  { clock }: Execution,
  seconds: number,
  waiting: WaitingTask,
  signal: AbortSignal,
): Promise<never> {
  let lastMs = clock.now();
  waiting.onHeartbeat(() => {
    lastMs = clock.now();
  });
  for (let dueMs = lastMs + seconds * 1_000; dueMs > clock.now(); dueMs = lastMs + seconds * 1_000) {
    await sleepUntil(clock, dueMs, signal);
  }
  throw new StateError(HEARTBEAT_TIMEOUT);
}

function timeout(execution: Execution, seconds: number, signal: AbortSignal): Promise<never> {
  const { clock } = execution;
  return sleepUntil(clock, clock.now() + seconds * 1_000, signal).then(() => {
    throw new StateError(TIMEOUT);
  });
}

function onAbort(signal: AbortSignal): { promise: Promise<never>; dispose: () => void } {
  let dispose = () => {};
  const promise = new Promise<never>((_resolve, reject) => {
    const stopped = () => reject(signal.reason as Error);
    if (signal.aborted) return stopped();
    signal.addEventListener('abort', stopped, { once: true });
    dispose = () => signal.removeEventListener('abort', stopped);
  });
  return { promise, dispose };
}
