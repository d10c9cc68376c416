import { AwsError } from '../wire/aws-error.js';
import type { StoredFunction } from './stored-function.js';

/** The part of a worker that the pool uses. */
export interface PoolWorker {
  /** Resolves when the worker has loaded its handler, or has failed to load it. */
  readonly ready: Promise<unknown>;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface WorkerPoolOptions<W extends PoolWorker> {
  readonly start: (definition: StoredFunction) => W;
  readonly workersPerFunction: number;
  /**
   * Maximum number of workers of all functions together. Each function may have one worker in addition, so that
   * functions can call each other.
   */
  readonly workersInAll: number;
  readonly idleMs: number;
  /**
   * Minimum time that an invocation waits before another worker of its function starts. It waits as long as the start
   * of the function's last worker took, if that is longer: on a busy machine, waiting is cheaper than starting.
   * Starting takes longer than most invocations, so only one worker of a function starts at a time.
   */
  readonly growAfterMs: number;
}

/** Group of an invocation in the queue: all invocations of the group `first` get a worker before those of `last`. */
export type QueuePosition = 'first' | 'last';

interface Member<W> {
  readonly worker: W;
  readonly name: string;
  readonly revision: string;
  busy: boolean;
  isReady: boolean;
  retired: boolean;
  idleTimer?: NodeJS.Timeout;
}

interface Waiting<W> {
  readonly definition: StoredFunction;
  readonly place: QueuePosition;
  readonly resolve: (worker: W) => void;
  readonly reject: (error: Error) => void;
  urgency: Urgency;
}

/**
 * How long an invocation has waited. It becomes `overdue` after `growAfterMs` or, if that is longer, the start time of
 * its function's last worker. It becomes `urgent` {@link URGENT_AFTER} times `growAfterMs` later. For an urgent
 * invocation, the only idle worker of another function may be stopped, because the busy workers of its own function may
 * be waiting for this invocation.
 */
type Urgency = 'new' | 'overdue' | 'urgent';

/** Time after which an overdue invocation becomes urgent, as a multiple of `growAfterMs`. */
const URGENT_AFTER = 9;

/** Starts workers, and assigns each one to at most one invocation at a time. */
export class WorkerPool<W extends PoolWorker> {
  readonly #options: WorkerPoolOptions<W>;
  readonly #members = new Set<Member<W>>();
  /** Time that the start of each function's last worker took, in milliseconds. */
  readonly #startMs = new Map<string, number>();
  #waiting: Waiting<W>[] = [];
  #closed = false;

  constructor(options: WorkerPoolOptions<W>) {
    this.#options = options;
  }

  /** Returns a worker for an invocation. Waits while all workers that the limits allow are busy. */
  acquire(definition: StoredFunction, place: QueuePosition = 'first'): Promise<W> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(stopped());
      const waiting: Waiting<W> = { definition, place, resolve, reject, urgency: 'new' };
      this.#insert(waiting);
      this.#dispatch();
      this.#growLater(waiting);
    });
  }

  release(worker: W): void {
    const member = [...this.#members].find((candidate) => candidate.worker === worker);
    if (member === undefined) return;
    member.busy = false;
    // Keeps the least recently used member first.
    this.#members.delete(member);
    this.#members.add(member);
    if (member.retired) this.#drop(member);
    else member.idleTimer = setTimeout(() => this.#drop(member), this.#options.idleMs).unref();
    this.#dispatch();
  }

  /** Stops a function's workers. A busy worker is stopped after its invocation. */
  retire(functionName: string): void {
    for (const member of this.#members) {
      if (member.name !== functionName) continue;
      member.retired = true;
      if (!member.busy) this.#drop(member);
    }
  }

  /** Stops all workers. Invocations that wait for a worker are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(stopped());
    await Promise.all([...this.#members].map((member) => member.worker.stop()));
  }

  #growLater(waiting: Waiting<W>): void {
    if (!this.#waiting.includes(waiting)) return;
    const { growAfterMs } = this.#options;
    const waitMs = Math.max(growAfterMs, this.#startMs.get(waiting.definition.name) ?? 0);
    setTimeout(() => {
      const starting = this.#startingFor(waiting.definition);
      if (starting !== undefined) return void starting.worker.ready.then(() => this.#growLater(waiting));
      this.#urge(waiting, 'overdue');
      setTimeout(() => this.#urge(waiting, 'urgent'), URGENT_AFTER * growAfterMs).unref();
    }, waitMs).unref();
  }

  #urge(waiting: Waiting<W>, urgency: Urgency): void {
    waiting.urgency = urgency;
    this.#dispatch();
  }

  #startingFor({ name, revision }: StoredFunction): Member<W> | undefined {
    return [...this.#members].find(
      (member) => !member.isReady && member.name === name && member.revision === revision,
    );
  }

  #insert(waiting: Waiting<W>): void {
    const end = this.#waiting.length;
    const firstLast =
      waiting.place === 'last' ? end : this.#waiting.findIndex(({ place }) => place === 'last');
    this.#waiting.splice(firstLast === -1 ? end : firstLast, 0, waiting);
  }

  #dispatch(): void {
    // If there is no worker for an invocation, later ones of the same function are skipped, because there is none for
    // them either.
    const withoutWorker = new Set<string>();
    this.#waiting = this.#waiting.filter(({ definition, resolve, reject, urgency }) => {
      const line = `${definition.name} ${definition.revision} ${urgency}`;
      if (withoutWorker.has(line)) return true;
      try {
        const member = this.#find(definition, urgency);
        if (member === undefined) {
          withoutWorker.add(line);
          return true;
        }
        clearTimeout(member.idleTimer);
        member.busy = true;
        resolve(member.worker);
      } catch (error) {
        reject(error as Error);
      }
      return false;
    });
  }

  #find(definition: StoredFunction, urgency: Urgency): Member<W> | undefined {
    const { name, revision } = definition;
    const idle = this.#idle((member) => member.name === name && member.revision === revision)[0];
    return idle ?? (this.#mayStart(name, urgency) ? this.#start(definition) : undefined);
  }

  /** Returns the idle workers that match, the least recently used one first. */
  #idle(matches: (member: Member<W>) => boolean): Member<W>[] {
    return [...this.#members].filter((member) => !member.busy && !member.retired && matches(member));
  }

  /** Returns whether a worker may start. Stops an idle worker of another function if there are too many workers. */
  #mayStart(name: string, urgency: Urgency): boolean {
    const own = this.#workersOf(name);
    if (own >= this.#options.workersPerFunction || (own > 0 && urgency === 'new')) return false;
    if (this.#members.size < this.#options.workersInAll) return true;
    const unneeded = this.#unneeded(name, own === 0 || urgency === 'urgent');
    if (unneeded !== undefined) this.#drop(unneeded);
    return unneeded !== undefined || own === 0;
  }

  /**
   * Returns an idle worker of another function that can be stopped: a function's second worker or, if `mayBeOnly` is
   * true, its only one. Two functions that are invoked in turn would otherwise start a worker for each invocation.
   */
  #unneeded(name: string, mayBeOnly: boolean): Member<W> | undefined {
    const others = this.#idle((member) => member.name !== name);
    return others.find((member) => this.#workersOf(member.name) > 1) ?? (mayBeOnly ? others[0] : undefined);
  }

  #workersOf(name: string): number {
    return [...this.#members].filter((member) => member.name === name && !member.retired).length;
  }

  #start(definition: StoredFunction): Member<W> {
    const startedAt = performance.now();
    const worker = this.#options.start(definition);
    const { name, revision } = definition;
    const member: Member<W> = { worker, name, revision, busy: true, isReady: false, retired: false };
    this.#members.add(member);
    void worker.ready.then(() => {
      member.isReady = true;
      this.#startMs.set(name, performance.now() - startedAt);
    });
    void worker.ended.then(() => {
      this.#drop(member);
      this.#dispatch();
    });
    return member;
  }

  #drop(member: Member<W>): void {
    clearTimeout(member.idleTimer);
    if (this.#members.delete(member)) void member.worker.stop();
  }
}

function stopped(): AwsError {
  return new AwsError('ServiceException', 'The local AWS was stopped.', 500, { Type: 'Service' });
}
