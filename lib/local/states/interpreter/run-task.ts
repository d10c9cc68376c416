import { sleepUntil } from '../../clock.js';
import type { JsonObject } from '../../resources/resource-provider.js';
import { callIntegration, TaskAttemptFailed, type TaskLimits } from './call-integration.js';
import type { Catcher, Retrier, TaskState } from './definition.js';
import { evaluateExit, type Entered, type Execution, type Exit, scopeOf, type Step } from './execution.js';
import { recordEvaluation } from './record-evaluation.js';
import type { Scope } from './expression.js';
import { checkSize, errorMatches, StateError } from './state-error.js';
import { evaluateField, unexpected } from './template.js';

/** Attempts a task until it succeeds or fails without a retry. @throws StateError that no Catcher matches */
export async function runTask(execution: Execution, state: TaskState, entered: Entered): Promise<Step> {
  const retriesOf = new Map<Retrier, number>();
  for (let retryCount = 0; ; retryCount += 1) {
    try {
      return { exit: await attempt(execution, state, entered, retryCount), next: state.next };
    } catch (thrown) {
      execution.signal.throwIfAborted();
      const error = explained(execution, entered, thrown);
      if (!(error instanceof StateError)) throw error;
      const retrier = state.retry.find(({ errorEquals }) => errorMatches(errorEquals, error.error));
      const retries = retrier === undefined ? 0 : (retriesOf.get(retrier) ?? 0);
      if (retrier === undefined || retries >= retrier.maxAttempts) {
        return await catchError(execution, state, entered, error, retryCount);
      }
      retriesOf.set(retrier, retries + 1);
      const delayMs = retryDelaySeconds(retrier, retries, execution.random) * 1_000;
      await sleepUntil(execution.clock, execution.clock.now() + delayMs, execution.signal);
      const transitionAtMs = execution.clock.now() + execution.transitionDelayMs();
      await sleepUntil(execution.clock, transitionAtMs, execution.signal);
    }
  }
}

/** Returns the seconds before a retry. @param retries number of retries by this Retrier so far */
export function retryDelaySeconds(retrier: Retrier, retries: number, random: () => number): number {
  const {
    intervalSeconds,
    backoffRate,
    maxDelaySeconds = Number.POSITIVE_INFINITY,
    jitterStrategy,
  } = retrier;
  const delay = Math.min(intervalSeconds * backoffRate ** retries, maxDelaySeconds);
  return jitterStrategy === 'FULL' ? delay * random() : delay;
}

function explained(execution: Execution, entered: Entered, thrown: unknown): unknown {
  // The error of an integration is in the history already, and its cause is unchanged.
  return thrown instanceof TaskAttemptFailed
    ? thrown.stateError
    : recordEvaluation(execution, entered, thrown);
}

async function attempt(
  execution: Execution,
  state: TaskState,
  entered: Entered,
  retryCount: number,
): Promise<Exit> {
  const waiting = execution.integrations[state.integration]?.waitsForToken
    ? execution.tokens.open()
    : undefined;
  try {
    const scope = scopeOf(execution, entered, { retryCount, taskToken: waiting?.token });
    const limits: TaskLimits = {
      timeoutSeconds: await evaluateSeconds(state.timeoutSeconds, scope, 'TimeoutSeconds'),
      heartbeatSeconds: await evaluateSeconds(state.heartbeatSeconds, scope, 'HeartbeatSeconds'),
    };
    const args = await evaluateField(state.arguments ?? {}, 'object', scope, 'Arguments');
    checkSize(JSON.stringify(args), 'The state has arguments');
    const result = await callIntegration(execution, state, args as JsonObject, limits, waiting);
    return await evaluateExit(state, result, scopeOf(execution, entered, { retryCount, result }));
  } finally {
    waiting?.close();
  }
}

async function evaluateSeconds(
  field: number | string | undefined,
  scope: Scope,
  name: string,
): Promise<number | undefined> {
  if (field === undefined) return undefined;
  const seconds = await evaluateField(field, 'number', scope, name);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 99_999_999) return seconds;
  throw unexpected(field, name, 'Expected a whole number from 1 to 99999999', seconds);
}

async function catchError(
  execution: Execution,
  state: TaskState,
  entered: Entered,
  error: StateError,
  retryCount: number,
): Promise<Step> {
  const index = state.catch.findIndex(({ errorEquals }) => errorMatches(errorEquals, error.error));
  const catcher: Catcher | undefined = state.catch[index];
  if (catcher === undefined) throw error;
  const errorOutput = { Error: error.error, Cause: error.stateCause ?? '' };
  const scope = scopeOf(execution, entered, { retryCount, errorOutput });
  try {
    const exit = await evaluateExit(catcher, errorOutput, scope, `Catch[${index}]/`);
    return { exit, next: catcher.next };
  } catch (thrown) {
    throw recordEvaluation(execution, entered, thrown);
  }
}
