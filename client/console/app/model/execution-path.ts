/** Reads from the history of an execution which way it took through its states. */
import type { HistoryEvent } from '../../api.js';

/** How the last visit of a state went. */
export type VisitState = 'active' | 'done' | 'failed' | 'caught' | 'stopped';

/** The visits of a state. */
export interface StateVisits {
  readonly name: string;
  visits: number;
  /** Time of all visits that have ended. */
  spentMs: number;
  /** When the current visit began; undefined if there is none. */
  enteredAtMs: number | undefined;
  outcome: VisitState;
  failure: string | undefined;
}

/** The way of an execution. */
export interface ExecutionPath {
  /** Visited states, in the order of their first visit. */
  readonly states: ReadonlyMap<string, StateVisits>;
  /** Transitions that were taken, as {@link transitionKey} writes them. */
  readonly transitions: ReadonlySet<string>;
  /** Event type of the execution's end; undefined while it runs. */
  readonly ended: string | undefined;
}

/** Returns the name of a transition. State names contain no line break. */
export function transitionKey(from: string, to: string): string {
  return `${from}\n${to}`;
}

const FAILURE = /(Failed|TimedOut|Aborted)$/;
const END = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/;

/** Follows the events of a history. */
export function pathOf(history: readonly HistoryEvent[]): ExecutionPath {
  const byId = new Map(history.map((event) => [event.id, event]));
  const states = new Map<string, StateVisits>();
  const transitions = new Set<string>();
  let ended: string | undefined;
  for (const event of history) {
    const { type, state, timestampMs, failure } = event;
    if (END.test(type)) ended = type;
    else if (state === undefined) continue;
    else if (type.endsWith('StateEntered')) {
      enter(states, state, timestampMs);
      const from = stateBefore(event, byId);
      if (from !== undefined) transitions.add(transitionKey(from, state));
    } else if (type.endsWith('StateExited')) leave(states.get(state), timestampMs);
    else if (FAILURE.test(type)) fail(states.get(state), failure);
    else if (/Scheduled$/.test(type)) succeedAgain(states.get(state));
  }
  if (ended !== undefined) endAll(states, ended, history.at(-1));
  return { states, transitions, ended };
}

function enter(states: Map<string, StateVisits>, name: string, atMs: number): void {
  const before = states.get(name);
  states.set(name, {
    name,
    visits: (before?.visits ?? 0) + 1,
    spentMs: before?.spentMs ?? 0,
    enteredAtMs: atMs,
    outcome: 'active',
    failure: undefined,
  });
}

/** A state that is exited after a failure has caught it. */
function leave(state: StateVisits | undefined, atMs: number): void {
  if (state?.enteredAtMs === undefined) return;
  state.spentMs += atMs - state.enteredAtMs;
  state.enteredAtMs = undefined;
  state.outcome = state.failure === undefined ? 'done' : 'caught';
}

function fail(state: StateVisits | undefined, failure: string | undefined): void {
  if (state?.enteredAtMs !== undefined) state.failure = failure ?? 'failed';
}

/** A task that is scheduled again was retried, so its earlier failure is over. */
function succeedAgain(state: StateVisits | undefined): void {
  if (state?.enteredAtMs !== undefined) state.failure = undefined;
}

/** Ends the visits that go on when the execution ends: Succeed and Fail states, and those that were stopped. */
function endAll(states: Map<string, StateVisits>, ended: string, last: HistoryEvent | undefined): void {
  for (const state of states.values()) {
    if (state.enteredAtMs === undefined) continue;
    state.spentMs += (last?.timestampMs ?? state.enteredAtMs) - state.enteredAtMs;
    state.enteredAtMs = undefined;
    state.outcome = outcomeOfEnd(ended);
    state.failure = last?.failure;
  }
}

function outcomeOfEnd(ended: string): VisitState {
  if (ended === 'ExecutionSucceeded') return 'done';
  return ended === 'ExecutionAborted' ? 'stopped' : 'failed';
}

/** Returns the state from which an event's state was entered. */
function stateBefore(
  { previousId }: HistoryEvent,
  byId: ReadonlyMap<number, HistoryEvent>,
): string | undefined {
  for (let before = byId.get(previousId); before !== undefined; before = byId.get(before.previousId))
    if (before.state !== undefined) return before.state;
  return undefined;
}
