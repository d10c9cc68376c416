import { sleepUntil } from '../../clock.js';
import type { State, StateGraph } from './definition.js';
import type { Entered, Execution, Exit, Payload } from './execution.js';
import { WHOLE } from './history.js';
import { runState } from './run-state.js';
import { SiblingFailed } from './run-together.js';
import { RUNTIME, StateError } from './state-error.js';

/**
 * Runs the states of a graph from its first state to an end.
 * @returns the output of the last state.
 * @throws StateError, DeclaredFailure
 */
export async function walk(execution: Execution, graph: StateGraph, input: Payload): Promise<Payload> {
  const { clock, signal } = execution;
  let at: string | undefined = graph.startAt;
  let payload = input;
  while (at !== undefined) {
    signal.throwIfAborted();
    const state = graph.states.get(at);
    if (state === undefined) throw new StateError(RUNTIME, `There is no state '${at}'.`);
    await sleepUntil(clock, clock.now() + execution.transitionDelayMs(), signal);
    const entered = enter(execution, state, payload);
    const { exit, next } = await runState(execution, state, entered).catch((error: unknown) => {
      recordAborted(execution, state);
      throw error;
    });
    signal.throwIfAborted();
    leave(execution, state, exit);
    payload = { value: exit.output, text: exit.outputText };
    at = next;
  }
  return payload;
}

function enter(execution: Execution, state: State, payload: Payload): Entered {
  const enteredAtMs = execution.clock.now();
  const enteredEventId = execution.history.record(`${state.type}StateEntered`, {
    stateEnteredEventDetails: { name: state.name, input: payload.text, inputDetails: WHOLE },
  });
  return { name: state.name, input: payload.value, enteredAtMs, enteredEventId };
}

function leave(execution: Execution, state: State, exit: Exit): void {
  // Never true, because a Fail state has already thrown its error. Tells the compiler that the state is of another
  // type.
  if (state.type === 'Fail') return;
  const assigned =
    exit.assigned &&
    Object.fromEntries(Object.entries(exit.assigned).map(([name, value]) => [name, JSON.stringify(value)]));
  execution.history.record(`${state.type}StateExited`, {
    stateExitedEventDetails: {
      name: state.name,
      output: exit.outputText,
      outputDetails: WHOLE,
      assignedVariables: assigned,
      assignedVariablesDetails: assigned && WHOLE,
    },
  });
  execution.variables = { ...execution.variables, ...exit.assigned };
}

/**
 * Records the abort of a state whose sibling branch failed. When the whole execution is stopped, states have no such
 * event.
 */
function recordAborted({ history, signal }: Execution, { type }: State): void {
  if (!(signal.reason instanceof SiblingFailed)) return;
  if (type === 'Task' || type === 'Wait' || type === 'Parallel' || type === 'Map') {
    history.record(`${type}StateAborted`);
  }
}
