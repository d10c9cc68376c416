/**
 * Reads the visits of states from the history of an execution. Each event names the one before it, so the events of a
 * branch of a Parallel state, or of an iteration of a Map state, follow each other even if others are between them.
 */
import type { HistoryEvent } from '../../api.js';

/** How a visit of a state went. */
export type VisitState = 'active' | 'done' | 'failed' | 'caught' | 'stopped';

/** One visit of a state. */
export interface Visit {
  readonly name: string;
  /** Type in Amazon States Language, such as `Task`. */
  readonly type: string;
  readonly enteredAtMs: number;
  /** The visit of the Parallel or Map state that runs this state; undefined for a state of the machine itself. */
  readonly inside: Visit | undefined;
  /** The branch, by its first state, or the iteration, by its index; empty for a state of the machine itself. */
  readonly part: string;
  exitedAtMs: number | undefined;
  outcome: VisitState;
  failure: string | undefined;
  /** Attempts after the first. */
  retries: number;
  /** Whether all parts of a Parallel or Map state have ended, which is then retried, catches or ends. */
  arePartsOver: boolean;
}

/** Where an execution, or one of its branches, is after an event. */
interface Position {
  readonly inside: Visit | undefined;
  /** Undefined at the start of a branch, which its first state names. */
  readonly part: string | undefined;
  /** The state that goes on. */
  readonly current: Visit | undefined;
  /** The state that ended last. */
  readonly last: Visit | undefined;
}

const START: Position = { inside: undefined, part: '', current: undefined, last: undefined };

/** Types of states that end at once, so one of them that has not ended has failed. */
const INSTANT: ReadonlySet<string> = new Set(['Choice', 'Fail', 'Pass', 'Succeed']);

const FAILURE = /(Failed|TimedOut|Aborted)$/;
const END = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/;
/** The events about all parts of a Parallel or Map state. */
const GROUP = /^(Parallel|Map)(?:State|Run)(Started|Succeeded|Failed|Aborted)(?<!RunAborted)$/;

/** The visits of an execution, and the transitions between them. */
export class Visits {
  readonly all: Visit[] = [];
  /** Pairs of states. A Parallel or Map state leads to the first states that it runs. */
  readonly transitions: (readonly [from: string, to: string])[] = [];
  /** Names of the states with which branches and iterations ended. */
  readonly ends = new Set<string>();
  /** Event type of the execution's end; undefined while it runs. */
  ended: string | undefined;
  readonly #positions = new Map<number, Position>();
  readonly #names = new Map<number, string>();
  /** The states that ended last in each part of a Parallel or Map state. */
  readonly #lastIn = new Map<Visit, Map<string, Visit>>();

  constructor(history: readonly HistoryEvent[]) {
    for (const event of history) this.#follow(event);
  }

  /** Returns the state that an event belongs to. */
  stateOf(eventId: number): string | undefined {
    return this.#names.get(eventId);
  }

  #follow(event: HistoryEvent): void {
    const before = this.#positions.get(event.previousId) ?? START;
    const { id, type } = event;
    if (END.test(type)) return this.#end(event, before.current);
    const [position, visit] = this.#after(event, before);
    this.#positions.set(id, position);
    if (visit !== undefined) this.#names.set(id, visit.name);
  }

  /** Returns the position after an event, and the visit that the event belongs to. */
  #after(event: HistoryEvent, before: Position): [Position, Visit | undefined] {
    const { type, state, timestampMs } = event;
    const [, group, change = ''] = GROUP.exec(type) ?? [];
    if (group !== undefined) return this.#group(group, change, event, before);
    if (type.endsWith('StateEntered')) return this.#enter(event, before);
    if (type.endsWith('StateExited')) {
      const left = visitNamed(before, state);
      return left === undefined ? [before, undefined] : [this.#leave(left, timestampMs), left];
    }
    if (type.startsWith('MapIteration')) return this.#iteration(event, before);
    return before.current === undefined ? [before, undefined] : afterTask(event, before, before.current);
  }

  #enter({ type, state = '', timestampMs }: HistoryEvent, before: Position): [Position, Visit] {
    const { inside, part = state } = before;
    const visit: Visit = {
      name: state,
      type: type.slice(0, -'StateEntered'.length),
      enteredAtMs: timestampMs,
      inside,
      part,
      exitedAtMs: undefined,
      outcome: 'active',
      failure: undefined,
      retries: 0,
      arePartsOver: false,
    };
    this.all.push(visit);
    const from = before.current ?? before.last ?? inside;
    if (from !== undefined) this.transitions.push([from.name, state]);
    return [{ inside, part, current: visit, last: undefined }, visit];
  }

  /** A state that is exited after a failure has caught it. */
  #leave(visit: Visit, atMs: number): Position {
    close(visit, visit.failure === undefined ? 'done' : 'caught', atMs);
    const { inside, part } = visit;
    if (inside !== undefined) {
      const parts = this.#lastIn.get(inside) ?? new Map<string, Visit>();
      this.#lastIn.set(inside, parts.set(part, visit));
    }
    return { inside, part, current: undefined, last: visit };
  }

  #group(
    group: string,
    change: string,
    { timestampMs }: HistoryEvent,
    before: Position,
  ): [Position, Visit | undefined] {
    const visit = groupOf(before, group, change);
    if (visit === undefined) return [before, undefined];
    visit.arePartsOver = change !== 'Started';
    if (change === 'Started') {
      retry(visit);
      this.#lastIn.delete(visit);
      return [{ inside: visit, part: undefined, current: undefined, last: undefined }, visit];
    }
    if (change === 'Succeeded') this.#endParts(visit, undefined);
    else this.#stop(visit, undefined, timestampMs);
    if (change === 'Failed') visit.failure ??= 'failed';
    if (change !== 'Aborted') return [{ ...outside(visit), current: visit }, visit];
    close(visit, 'stopped', timestampMs);
    return [outside(visit), visit];
  }

  #iteration(event: HistoryEvent, before: Position): [Position, Visit | undefined] {
    const { type, state, timestampMs, iteration } = event;
    const visit = visitNamed(before, state);
    if (visit === undefined) return [before, undefined];
    const part = String(iteration ?? '');
    const position = { inside: visit, current: undefined, last: undefined };
    if (type === 'MapIterationStarted') return [{ ...position, part }, visit];
    if (type === 'MapIterationSucceeded') this.#endParts(visit, part);
    else this.#stop(visit, part, timestampMs);
    return [{ ...position, part: undefined }, visit];
  }

  /** Notes the last states of the parts of a Parallel or Map state that have ended. */
  #endParts(visit: Visit, part: string | undefined): void {
    for (const [name, last] of this.#lastIn.get(visit) ?? [])
      if (part === undefined || name === part) this.ends.add(last.name);
  }

  /** Ends the visits inside a Parallel or Map state, or in one of its parts, after one of them has failed. */
  #stop(group: Visit, part: string | undefined, atMs: number): void {
    for (const visit of this.all) {
      if (visit.outcome !== 'active' || !isWithin(visit, group, part)) continue;
      const hasFailed = visit.failure !== undefined || INSTANT.has(visit.type);
      close(visit, hasFailed ? 'failed' : 'stopped', atMs);
      if (hasFailed) group.failure ??= [visit.name, visit.failure ?? 'failed'].join(': ');
    }
  }

  /** Ends the visits that go on when the execution ends. */
  #end({ type, timestampMs, failure }: HistoryEvent, current: Visit | undefined): void {
    this.ended = type;
    for (const visit of this.all) {
      if (visit.outcome !== 'active') continue;
      const hasFailed = visit === current || visit.failure !== undefined || INSTANT.has(visit.type);
      if (type === 'ExecutionSucceeded') close(visit, 'done', timestampMs);
      else if (type === 'ExecutionAborted' || (type === 'ExecutionFailed' && !hasFailed))
        close(visit, 'stopped', timestampMs);
      else close(visit, 'failed', timestampMs);
      visit.failure = failure ?? visit.failure;
    }
  }
}

/** Returns the position after an event about the work of a state. */
function afterTask(
  { type, timestampMs, failure = 'failed' }: HistoryEvent,
  before: Position,
  current: Visit,
): [Position, Visit] {
  if (type.endsWith('StateAborted')) {
    close(current, 'stopped', timestampMs);
    return [outside(current), current];
  }
  if (FAILURE.test(type)) current.failure = failure;
  else if (type.endsWith('Scheduled')) retry(current);
  return [before, current];
}

function close(visit: Visit, outcome: VisitState, atMs: number): void {
  visit.exitedAtMs = atMs;
  visit.outcome = outcome;
}

/** A state whose task is scheduled again, or whose branches start again, is retried: its failure is over. */
function retry(visit: Visit): void {
  if (visit.failure === undefined) return;
  visit.failure = undefined;
  visit.retries += 1;
}

/** Returns the position after a visit that has ended without a next state. */
function outside({ inside, part }: Visit): Position {
  return { inside, part, current: undefined, last: undefined };
}

/** Returns the visits that go on at a position, the innermost first. */
function openAt({ current, inside }: Position): Visit[] {
  const open: Visit[] = [];
  for (let visit = current ?? inside; visit !== undefined; visit = visit.inside) open.push(visit);
  return open;
}

function visitNamed(position: Position, name: string | undefined): Visit | undefined {
  return openAt(position).find((visit) => visit.name === name);
}

/** Returns the Parallel or Map state to which an event about all of its parts belongs. */
function groupOf(position: Position, type: string, change: string): Visit | undefined {
  const open = openAt(position).filter((visit) => visit.type === type);
  return open.find(({ arePartsOver }) => change === 'Aborted' || change === 'Started' || !arePartsOver);
}

function isWithin(visit: Visit, group: Visit, part: string | undefined): boolean {
  for (let at: Visit | undefined = visit; at !== undefined; at = at.inside)
    if (at.inside === group) return part === undefined || at.part === part;
  return false;
}
