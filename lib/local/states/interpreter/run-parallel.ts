import type { ParallelState, StateGraph } from './definition.js';
import {
  evaluateExit,
  type Entered,
  type Execution,
  type Exit,
  type Payload,
  scopeOf,
  type Step,
} from './execution.js';
import { runRetrying } from './run-retrying.js';
import { runTogether } from './run-together.js';
import { asAttemptFailed, checkSize } from './state-error.js';
import { evaluateTemplate } from './template.js';

/** Runs a Parallel state with its retries. @throws StateError that no Catcher matches */
export function runParallel(execution: Execution, state: ParallelState, entered: Entered): Promise<Step> {
  return runRetrying(execution, state, entered, (retryCount) =>
    attempt(execution, state, entered, retryCount),
  );
}

async function attempt(
  execution: Execution,
  state: ParallelState,
  entered: Entered,
  retryCount: number,
): Promise<Exit> {
  const value =
    state.arguments === undefined
      ? entered.input
      : await evaluateTemplate(state.arguments, scopeOf(execution, entered, { retryCount }), 'Arguments');
  const text = checkSize(JSON.stringify(value), 'The state has arguments');
  const { history, signal } = execution;
  history.record('ParallelStateStarted');
  const result = await runTogether(
    signal,
    { count: state.branches.length, limit: state.branches.length },
    (index, branchSignal) => runBranch(execution, state, index, { value, text }, branchSignal),
  ).catch((error: unknown) => {
    if (!signal.aborted) history.record('ParallelStateFailed');
    throw asAttemptFailed(error);
  });
  checkSize(JSON.stringify(result), 'The branches returned a result');
  history.record('ParallelStateSucceeded');
  return evaluateExit(state, result, scopeOf(execution, entered, { retryCount, result }));
}

async function runBranch(
  execution: Execution,
  { branches }: ParallelState,
  index: number,
  input: Payload,
  signal: AbortSignal,
): Promise<unknown> {
  const history = execution.history.branch();
  const branch = branches[index] as StateGraph;
  try {
    return (await execution.walk({ ...execution, history, signal }, branch, input)).value;
  } finally {
    execution.history.join(history);
  }
}
