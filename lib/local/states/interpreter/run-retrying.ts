import { sleepUntil } from '../../clock.js';
import type { Catcher, Retrier, RetryingState } from './definition.js';
import { evaluateExit, type Entered, type Execution, type Exit, scopeOf, type Step } from './execution.js';
import { recordEvaluation } from './record-evaluation.js';
import { AttemptFailed, DeclaredFailure, errorMatches, StateError } from './state-error.js';

/**
 * Repeats attempts of a state until one succeeds, or fails and no Retrier applies.
 * @param attempt makes one attempt; its argument is the number of retries so far
 * @throws StateError that no Catcher matches
 */
export async function runRetrying(
  execution: Execution,
  state: RetryingState,
  entered: Entered,
  attempt: (retryCount: number) => Promise<Exit>,
): Promise<Step> {
  const retriesOf = new Map<Retrier, number>();
  for (let retryCount = 0; ; retryCount += 1) {
    try {
      return { exit: await attempt(retryCount), next: state.next };
    } catch (thrown) {
      execution.signal.throwIfAborted();
      const error = reasonOf(execution, entered, thrown);
      if (!(error instanceof StateError || error instanceof DeclaredFailure)) throw error;
      const retrier = state.retry.find(({ errorEquals }) => errorMatches(errorEquals, error.error ?? ''));
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

/** Returns the seconds to wait before a retry. @param retries number of earlier retries by this Retrier */
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

function reasonOf(execution: Execution, entered: Entered, thrown: unknown): unknown {
  // The history already contains the error of an integration or a branch. Any other error is that of an expression,
  // and is recorded here.
  return thrown instanceof AttemptFailed ? thrown.reason : recordEvaluation(execution, entered, thrown);
}

async function catchError(
  execution: Execution,
  state: RetryingState,
  entered: Entered,
  error: StateError | DeclaredFailure,
  retryCount: number,
): Promise<Step> {
  const index = state.catch.findIndex(({ errorEquals }) => errorMatches(errorEquals, error.error ?? ''));
  const catcher: Catcher | undefined = state.catch[index];
  if (catcher === undefined) throw error;
  const errorOutput = { Error: error.error ?? '', Cause: error.stateCause ?? '' };
  const scope = scopeOf(execution, entered, { retryCount, errorOutput });
  try {
    const exit = await evaluateExit(catcher, errorOutput, scope, `Catch[${index}]/`);
    return { exit, next: catcher.next };
  } catch (thrown) {
    throw recordEvaluation(execution, entered, thrown);
  }
}
