/** Finds the path of an execution through its states, from its history. */
import type { HistoryEvent } from '../../api.js';
import { type Visit, Visits, type VisitState } from './visits.js';

/** The visits of a state. */
export interface StateVisits {
  readonly name: string;
  readonly type: string;
  /** The Parallel or Map state that runs the state. */
  readonly container: string | undefined;
  readonly visits: number;
  /** Attempts after the first of each visit. */
  readonly retries: number;
  /** Number of branches and iterations in which the last visit has failed. */
  readonly failed: number;
  /** Time during which there was a visit that has ended. */
  readonly spentMs: number;
  /** When the first of the current visits began; undefined if there is none. */
  readonly enteredAtMs: number | undefined;
  /** How the last visit went; of the last visits of several branches or iterations, the one to look at first. */
  readonly outcome: VisitState;
  readonly failure: string | undefined;
}

/** The path of an execution through its states. */
export interface ExecutionPath {
  /** Visited states, in the order of their first visit. */
  readonly states: ReadonlyMap<string, StateVisits>;
  /** Transitions that were taken, as {@link transitionKey} writes them. */
  readonly transitions: ReadonlySet<string>;
  /** Names of the states with which branches and iterations ended. */
  readonly ends: ReadonlySet<string>;
  /** Event type of the execution's end; undefined while it runs. */
  readonly ended: string | undefined;
}

/** Returns the name of a transition. State names contain no line break. */
export function transitionKey(from: string, to: string): string {
  return `${from}\n${to}`;
}

/** Follows the events of a history. */
export function pathOf(history: readonly HistoryEvent[]): ExecutionPath {
  const { all, transitions, ends, ended } = new Visits(history);
  const byName = new Map<string, Visit[]>();
  for (const visit of all) {
    const others = byName.get(visit.name);
    if (others === undefined) byName.set(visit.name, [visit]);
    else others.push(visit);
  }
  const states = new Map([...byName].map(([name, visits]) => [name, describeVisits(name, visits)]));
  return { states, transitions: new Set(transitions.map((pair) => transitionKey(...pair))), ends, ended };
}

/** Outcomes, the ones to look at first. */
const OUTCOMES: readonly VisitState[] = ['active', 'failed', 'stopped', 'caught', 'done'];

function describeVisits(name: string, visits: readonly Visit[]): StateVisits {
  const last = lastOfParts(visits);
  const [shown] = last.toSorted(
    (one, other) => OUTCOMES.indexOf(one.outcome) - OUTCOMES.indexOf(other.outcome),
  );
  return {
    name,
    type: shown?.type ?? 'State',
    container: shown?.inside?.name,
    visits: visits.length,
    retries: visits.reduce((sum, { retries }) => sum + retries, 0),
    failed: last.filter(({ outcome }) => outcome === 'failed').length,
    ...timesOf(visits),
    outcome: shown?.outcome ?? 'done',
    failure: shown?.failure,
  };
}

/**
 * Returns the last visit in each branch and iteration. A later attempt of a Parallel or Map state replaces an earlier
 * one.
 */
function lastOfParts(visits: readonly Visit[]): Visit[] {
  return [...new Map(visits.map((visit) => [placeOf(visit), visit])).values()];
}

function placeOf({ inside, part }: Visit): string {
  return inside === undefined ? '' : `${placeOf(inside)}\n${inside.name}\n${part}`;
}

/** Adds up the times of visits, which may overlap. */
function timesOf(visits: readonly Visit[]): Pick<StateVisits, 'spentMs' | 'enteredAtMs'> {
  const enteredAtMs = visits.find(({ exitedAtMs }) => exitedAtMs === undefined)?.enteredAtMs;
  let spentMs = 0;
  let countedMs = 0;
  for (const { enteredAtMs: fromMs, exitedAtMs: toMs } of visits) {
    const startMs = Math.max(fromMs, countedMs);
    const endMs = Math.min(toMs ?? startMs, enteredAtMs ?? Infinity);
    spentMs += Math.max(0, endMs - startMs);
    countedMs = Math.max(countedMs, endMs);
  }
  return { spentMs, enteredAtMs };
}
