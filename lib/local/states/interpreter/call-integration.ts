import type { JsonObject } from '../../resources/resource-provider.js';
import type { TaskState } from './definition.js';
import type { Execution } from './execution.js';
import { WHOLE } from './history.js';
import { argumentsProblem, type Integration } from './integration.js';
import { sleepUntil } from './sleep-until.js';
import { checkSize, RUNTIME, StateError, TIMEOUT } from './state-error.js';

/** A failed attempt that is recorded in the history already. */
export class TaskAttemptFailed extends Error {
  readonly stateError: StateError;

  constructor(stateError: StateError) {
    super(stateError.message, { cause: stateError });
    this.stateError = stateError;
  }
}

/**
 * Makes one attempt at a task, and records it from TaskScheduled to its end.
 * @throws TaskAttemptFailed
 */
export async function callIntegration(
  execution: Execution,
  state: TaskState,
  args: JsonObject,
  timeoutSeconds: number | undefined,
): Promise<unknown> {
  const { history } = execution;
  const names = integrationNames(state.integration);
  history.record('TaskScheduled', {
    taskScheduledEventDetails: {
      ...names,
      region: execution.identity.region,
      parameters: JSON.stringify(args),
      timeoutInSeconds: timeoutSeconds,
    },
  });
  history.record('TaskStarted', { taskStartedEventDetails: names });
  await execution.flushed();
  try {
    const result = await inTime(execution, state, args, timeoutSeconds);
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
    if (thrown.error === TIMEOUT) history.record('TaskTimedOut', { taskTimedOutEventDetails: details });
    else history.record('TaskFailed', { taskFailedEventDetails: details });
    throw new TaskAttemptFailed(thrown);
  }
}

/** Splits an integration at its last colon, such as `aws-sdk:dynamodb:putItem` into `aws-sdk:dynamodb` and `putItem`. */
function integrationNames(integration: string): { resourceType: string; resource: string } {
  const colon = integration.lastIndexOf(':');
  return { resourceType: integration.slice(0, colon), resource: integration.slice(colon + 1) };
}

async function inTime(
  execution: Execution,
  state: TaskState,
  args: JsonObject,
  timeoutSeconds: number | undefined,
): Promise<unknown> {
  const integration = execution.integrations[state.integration];
  if (integration === undefined)
    throw new StateError(RUNTIME, `There is no integration ${state.integration}.`);
  const attemptOver = new AbortController();
  const outside = onAbort(execution.signal);
  const rivals = [outside.promise, answer(execution, integration, args, attemptOver.signal)];
  if (timeoutSeconds !== undefined) rivals.push(timeout(execution, timeoutSeconds, attemptOver.signal));
  try {
    return await Promise.race(rivals);
  } finally {
    outside.dispose();
    attemptOver.abort();
  }
}

async function answer(
  { identity }: Execution,
  integration: Integration,
  args: JsonObject,
  signal: AbortSignal,
): Promise<unknown> {
  const problem = argumentsProblem(integration, args);
  if (problem !== undefined) throw new StateError(RUNTIME, problem);
  const { executionArn, stateMachineArn } = identity;
  return integration.call(args, { executionArn, stateMachineArn, signal });
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
