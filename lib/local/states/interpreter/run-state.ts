import { sleepUntil } from '../../clock.js';
import type { ChoiceState, FailState, PassState, State, SucceedState, WaitState } from './definition.js';
import { evaluateExit, type Entered, type Execution, scopeOf, type Step } from './execution.js';
import { runMap } from './run-map.js';
import { runParallel } from './run-parallel.js';
import { runTask } from './run-task.js';
import { isTimestamp } from './state-schemas.js';
import { recordEvaluation } from './record-evaluation.js';
import { DeclaredFailure, RUNTIME, StateError } from './state-error.js';
import { evaluateCount, evaluateField, unexpected } from './template.js';

/** Runs one state. @throws StateError, DeclaredFailure that no Catcher matches */
export async function runState(execution: Execution, state: State, entered: Entered): Promise<Step> {
  if (state.type === 'Task') return runTask(execution, state, entered);
  if (state.type === 'Parallel') return runParallel(execution, state, entered);
  if (state.type === 'Map') return runMap(execution, state, entered);
  try {
    return await runOther(execution, state, entered);
  } catch (error) {
    throw recordEvaluation(execution, entered, error);
  }
}

function runOther(
  execution: Execution,
  state: Exclude<State, { type: 'Task' | 'Parallel' | 'Map' }>,
  entered: Entered,
): Promise<Step> {
  switch (state.type) {
    case 'Wait':
      return runWait(execution, state, entered);
    case 'Choice':
      return runChoice(execution, state, entered);
    case 'Pass':
    case 'Succeed':
      return runPass(execution, state, entered);
    case 'Fail':
      return runFail(execution, state, entered);
  }
}

async function runWait(execution: Execution, state: WaitState, entered: Entered): Promise<Step> {
  const untilMs = await waitEnd(execution, state, entered);
  await sleepUntil(execution.clock, untilMs, execution.signal);
  const exit = await evaluateExit(state, entered.input, scopeOf(execution, entered));
  return { exit, next: state.next };
}

async function waitEnd(execution: Execution, state: WaitState, entered: Entered): Promise<number> {
  const scope = scopeOf(execution, entered);
  if (state.seconds !== undefined) {
    const seconds = await evaluateCount(state.seconds, scope, 'Seconds', { min: 0, max: 99_999_999 });
    return entered.enteredAtMs + seconds * 1_000;
  }
  const timestamp = await evaluateField(state.timestamp, 'string', scope, 'Timestamp');
  if (!isTimestamp(timestamp)) {
    throw unexpected(state.timestamp, 'Timestamp', 'Expected an RFC 3339 time', timestamp);
  }
  return Date.parse(timestamp);
}

async function runChoice(execution: Execution, state: ChoiceState, entered: Entered): Promise<Step> {
  const scope = scopeOf(execution, entered);
  for (const [index, rule] of state.choices.entries()) {
    const location = `Choices[${index}]/`;
    if (await evaluateField(rule.condition, 'boolean', scope, `${location}Condition`)) {
      return { exit: await evaluateExit(rule, entered.input, scope, location), next: rule.next };
    }
  }
  if (state.default === undefined) {
    throw new StateError(
      RUNTIME,
      'Failed to transition out of the state. The state does not point to a next state.',
    );
  }
  return { exit: await evaluateExit(state, entered.input, scope), next: state.default };
}

async function runPass(
  execution: Execution,
  state: PassState | SucceedState,
  entered: Entered,
): Promise<Step> {
  const exit = await evaluateExit(state, entered.input, scopeOf(execution, entered));
  return { exit, next: state.type === 'Pass' ? state.next : undefined };
}

async function runFail(execution: Execution, state: FailState, entered: Entered): Promise<never> {
  const scope = scopeOf(execution, entered);
  const text = (field: string | undefined, location: string) =>
    field === undefined ? undefined : evaluateField(field, 'string', scope, location);
  const error = await text(state.error, 'Error');
  throw new DeclaredFailure(error, await text(state.cause, 'Cause'));
}
