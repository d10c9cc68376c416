/**
 * Observes the runs that this process waits for. All waits of a connection share one observer: one request reads up to
 * 100 records, and an execution is described only if the record of its run has not changed for some seconds. A request
 * that fails transiently is repeated until no wait is left.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import {
  CodeseederError,
  type ExecutionState,
  isTerminal,
  isTransientError,
  type RunRecord,
} from '../../lib/contract/index.js';
import { tableOf } from '../connection/seedkit-resources.js';
import type { Connection } from '../connection/connection.js';
import { PACES } from './pace.js';
import { executionOf, type KnownRun } from './run-end.js';
import { findRecords } from './run-records.js';

/** The observed state of a run: its record, and its execution if that was described. */
export interface Sight {
  /** Undefined if the record does not exist yet or has expired. */
  readonly record: RunRecord | undefined;
  /** Undefined until the execution is described. */
  readonly execution: ExecutionState | undefined;
}

/**
 * Time from one read of a record to the next: a share of the time waited so far, at least `shortest` and at most
 * `longest`.
 */
const READ_MS = { shortest: 150, longest: 1_000, shareOfWait: 0.05 } as const;

/**
 * Maximum number of records in one BatchGetItem.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
const RECORDS_PER_READ = 100;

/**
 * Time without a change of the record after which the execution is described, because it may have ended without ending
 * the record. A run without a record is checked after a second, because its record may have expired.
 */
const EXECUTION_MS = { withoutRecord: 1_000, first: 3_000, later: 30_000, longest: 300_000 } as const;

/** Polls a run. Yields its state after each read, and ends when the caller leaves the loop. */
export async function* observeRun(run: KnownRun, signal?: AbortSignal): AsyncGenerator<Sight, never> {
  const watcher = watchRun(run);
  try {
    for (;;) yield await watcher.next(signal);
  } finally {
    watcher.close();
  }
}

/** Polls a run until the returned watcher is closed. */
export function watchRun(run: KnownRun): Watcher {
  const observer = observerOf(run.connection);
  const watcher: Watcher = new Watcher(() => observer.remove(run.id, watcher));
  observer.add(run, watcher);
  return watcher;
}

const observers = new WeakMap<Connection, RunObserver>();

function observerOf(connection: Connection): RunObserver {
  const observer = observers.get(connection) ?? new RunObserver(connection);
  observers.set(connection, observer);
  return observer;
}

/** Gives the newest state of a run to one caller. */
export class Watcher {
  /** Stops polling the run for this caller. */
  readonly close: () => void;
  private seen: Sight | undefined;
  private isNew = false;
  private failure: { readonly error: unknown } | undefined;
  private notify: () => void = () => undefined;

  constructor(close: () => void) {
    this.close = close;
  }

  /** The newest state; undefined before the first read. @throws the error that ended the polling */
  get latest(): Sight | undefined {
    if (this.failure !== undefined) throw this.failure.error;
    return this.seen;
  }

  see(sight: Sight): void {
    this.seen = sight;
    this.isNew = true;
    this.notify();
  }

  fail(error: unknown): void {
    this.failure = { error };
    this.notify();
  }

  /** Resolves with a state that was not returned before. */
  async next(signal: AbortSignal | undefined): Promise<Sight> {
    for (;;) {
      signal?.throwIfAborted();
      const { latest } = this;
      if (latest !== undefined && this.isNew) {
        this.isNew = false;
        return latest;
      }
      await this.notified(signal);
    }
  }

  private async notified(signal: AbortSignal | undefined): Promise<void> {
    let wake: () => void = () => undefined;
    const notification = new Promise<void>((resolve) => (wake = resolve));
    this.notify = wake;
    signal?.addEventListener('abort', wake, { once: true });
    await notification;
    // A wait of hours calls this thousands of times, and each call would leave a listener.
    signal?.removeEventListener('abort', wake);
  }
}

/** A run that at least one caller waits for. */
interface ObservedRun {
  readonly run: KnownRun;
  readonly watchers: Set<Watcher>;
  readonly sinceMs: number;
  /** Aborted when no caller waits any more. */
  readonly left: AbortController;
  record: RunRecord | undefined;
  execution: ExecutionState | undefined;
  readAtMs: number;
  /** When the execution is described, unless the record changes before. */
  executionAtMs: number;
  executionWaitMs: number;
  isExecutionDue: boolean;
}

class RunObserver {
  private readonly connection: Connection;
  private readonly runs = new Map<string, ObservedRun>();
  private isReading = false;
  private alarm = new AbortController();

  constructor(connection: Connection) {
    this.connection = connection;
  }

  add(run: KnownRun, watcher: Watcher): void {
    const nowMs = Date.now();
    const observed = this.runs.get(run.id) ?? {
      run,
      watchers: new Set(),
      sinceMs: nowMs,
      left: new AbortController(),
      record: undefined,
      execution: undefined,
      readAtMs: nowMs,
      executionAtMs: nowMs + EXECUTION_MS.withoutRecord,
      executionWaitMs: EXECUTION_MS.first,
      isExecutionDue: false,
    };
    observed.watchers.add(watcher);
    observed.readAtMs = nowMs;
    this.runs.set(run.id, observed);
    this.alarm.abort();
    if (!this.isReading) void this.read();
  }

  remove(runId: string, watcher: Watcher): void {
    const observed = this.runs.get(runId);
    observed?.watchers.delete(watcher);
    if (observed?.watchers.size === 0) this.forget(observed);
    if (this.runs.size === 0) this.alarm.abort();
  }

  private forget({ run, left }: ObservedRun): void {
    this.runs.delete(run.id);
    left.abort();
  }

  private async read(): Promise<void> {
    this.isReading = true;
    while (this.runs.size > 0) {
      await this.sleepUntilDue();
      const nowMs = Date.now();
      const due = [...this.runs.values()].filter(({ readAtMs }) => readAtMs <= nowMs);
      const reads: Promise<void>[] = [];
      for (let start = 0; start < due.length; start += RECORDS_PER_READ) {
        await PACES.records.turn();
        reads.push(this.readRecords(due.slice(start, start + RECORDS_PER_READ)));
      }
      await Promise.all(reads);
    }
    this.isReading = false;
  }

  private async sleepUntilDue(): Promise<void> {
    this.alarm = new AbortController();
    const { signal } = this.alarm;
    const dueMs = Math.min(...[...this.runs.values()].map(({ readAtMs }) => readAtMs));
    const waitMs = Math.min(dueMs - Date.now(), LONGEST_SLEEP_MS);
    // The sleep ends early when a run is added that must be read now, and when the last run is removed.
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }

  private async readRecords(due: readonly ObservedRun[]): Promise<void> {
    const runs = due.filter(({ watchers }) => watchers.size > 0);
    if (runs.length === 0) return;
    const ids = runs.map(({ run }) => run.id);
    try {
      const known = runs.map(({ record }) => record);
      const { records, unread } = await findRecords(ids, await tableOf(this.connection), known);
      for (const observed of runs) {
        this.planNextRead(observed);
        if (!unread.has(observed.run.id)) this.seeRecord(observed, records.get(observed.run.id));
      }
    } catch (error) {
      for (const observed of runs) {
        if (mayBeRepeated(error)) this.planNextRead(observed, RETRY_MS * (1 + Math.random()));
        else this.fail(observed, error);
      }
    }
  }

  private planNextRead(observed: ObservedRun, atLeastMs = 0): void {
    const nowMs = Date.now();
    const shareMs = (nowMs - observed.sinceMs) * READ_MS.shareOfWait;
    const waitMs = Math.min(READ_MS.longest, Math.max(READ_MS.shortest, shareMs));
    observed.readAtMs = nowMs + Math.max(waitMs, atLeastMs);
  }

  private seeRecord(observed: ObservedRun, record: RunRecord | undefined): void {
    const nowMs = Date.now();
    const isFirst = observed.record === undefined && record !== undefined;
    if (isFirst) observed.executionAtMs = nowMs + EXECUTION_MS.first;
    else if (isNews(observed.record, record)) observed.executionAtMs = nowMs + EXECUTION_MS.later;
    observed.record = record;
    notifyWatchers(observed);
    if (record !== undefined && isTerminal(record.status)) observed.readAtMs = Number.POSITIVE_INFINITY;
    else if (observed.executionAtMs <= nowMs && !observed.isExecutionDue) void this.lookAtExecution(observed);
  }

  private async lookAtExecution(observed: ObservedRun): Promise<void> {
    observed.isExecutionDue = true;
    try {
      // The turn may come minutes after the last run has ended, and a timer would keep the process running for as long.
      await PACES.executions.turn(observed.left.signal).catch(() => undefined);
      // While this call waited for its turn, the run ended or its record changed.
      if (observed.left.signal.aborted || observed.executionAtMs > Date.now()) return;
      const execution = await executionOf(observed.run);
      // Step Functions may not find an execution in the first seconds after its start.
      const isNew = Date.now() - observed.sinceMs < UNSEEN_MS;
      if (execution.status !== 'MISSING' || !isNew) observed.execution = execution;
    } catch (error) {
      if (!mayBeRepeated(error)) this.fail(observed, error);
    } finally {
      observed.isExecutionDue = false;
      observed.executionWaitMs = Math.min(observed.executionWaitMs * 3, EXECUTION_MS.longest);
      observed.executionAtMs = Math.max(observed.executionAtMs, Date.now() + observed.executionWaitMs);
    }
  }

  private fail(observed: ObservedRun, error: unknown): void {
    for (const watcher of observed.watchers) watcher.fail(error);
    this.forget(observed);
  }
}

/** The longest sleep. It applies if all observed runs have ended, because then no run has a time for its next read. */
const LONGEST_SLEEP_MS = 60_000;

/** How long after its start Step Functions may not find an execution. */
const UNSEEN_MS = 10_000;

/** Least time until a request that failed transiently is repeated. */
const RETRY_MS = 1_000;

function notifyWatchers({ watchers, record, execution }: ObservedRun): void {
  for (const watcher of watchers) watcher.see({ record, execution });
}

function isNews(before: RunRecord | undefined, after: RunRecord | undefined): boolean {
  return (
    before?.status !== after?.status ||
    before?.phase !== after?.phase ||
    before?.queuedReason !== after?.queuedReason
  );
}

/**
 * Returns whether a request may succeed later. An endpoint on this machine where nobody listens is a local AWS that has
 * ended, with all its runs.
 */
export function mayBeRepeated(error: unknown): boolean {
  const cause = error instanceof CodeseederError ? error.cause : error;
  return isTransientError(error) && !isOnLoopback(cause);
}

function isOnLoopback(error: unknown): boolean {
  return /^(127\.|::1$)/.test(String((error as { address?: unknown } | undefined)?.address));
}
