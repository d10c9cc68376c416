import { setTimeout as sleep } from 'node:timers/promises';

import { isTerminal, isTransientError, type RunRecord } from '../../../lib/contract/index.js';
import { type Sight, watchRun } from '../../run/observe-run.js';
import type { KnownRun } from '../../run/run-end.js';
import { refuseUnknown } from '../../run/run-handle.js';
import type { RunView } from '../api.js';
import { firstVersion, Following } from './following.js';
import { readExecution, type ReadHistory } from './read-execution.js';

/** Time between two reads of the history: of a run whose record does not change, and of one that ends. */
const HISTORY_MS = { steady: 5_000, ending: 1_000 } as const;

/** How long after the end of a record to read the rest of the history. */
const ENDING_MS = 30_000;

const NOTHING: ReadHistory = { history: [], sent: [], dataOf: () => undefined };

/**
 * Follows a run: its record by the process's one observer, and its history after each change of the record, and every
 * few seconds.
 */
export class RunFeed {
  readonly #run: KnownRun;
  readonly #signal: AbortSignal;
  #version = firstVersion();
  #isSeen = false;
  #record: RunRecord | undefined;
  #read = NOTHING;
  #historyProblem: string | undefined;
  #historyAtMs = 0;
  readonly #following: Following;

  constructor(run: KnownRun, signal: AbortSignal) {
    this.#run = run;
    this.#signal = signal;
    this.#following = new Following((afterFirst) => this.#follow(afterFirst), signal);
  }

  /** Returns the current state. @throws the error that ended the feed */
  async view(): Promise<RunView> {
    await this.#following.untilRead();
    return {
      version: this.#version,
      record: this.#record,
      history: this.#read.history,
      events: this.#read.sent,
      historyProblem: this.#historyProblem,
    };
  }

  dataOf(eventId: number): string | undefined {
    return this.#read.dataOf(eventId);
  }

  async #follow(afterFirst: () => void): Promise<void> {
    const watcher = watchRun(this.#run);
    try {
      while (!isEnded(this.#record)) {
        await this.#see(await watcher.next(this.#signal));
        afterFirst();
      }
    } finally {
      watcher.close();
    }
    await this.#readEnding();
  }

  async #see({ record }: Sight): Promise<void> {
    const isNews = !this.#isSeen || JSON.stringify(record) !== JSON.stringify(this.#record);
    this.#isSeen = true;
    this.#record = record;
    if (isNews) this.#version += 1;
    if (isNews || Date.now() - this.#historyAtMs > HISTORY_MS.steady) await this.#readHistory();
  }

  /** Reads the events that follow the end of the record: the announcement, and the end of the execution. */
  async #readEnding(): Promise<void> {
    const untilMs = Date.parse(this.#record?.finishedAt ?? '') + ENDING_MS;
    while (!this.#signal.aborted && !this.#hasLastEvent() && Date.now() < untilMs) {
      await sleep(HISTORY_MS.ending, undefined, { signal: this.#signal });
      await this.#readHistory();
    }
  }

  #hasLastEvent(): boolean {
    const last = this.#read.history.at(-1)?.type ?? '';
    return /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(last);
  }

  async #readHistory(): Promise<void> {
    this.#historyAtMs = Date.now();
    try {
      const read = await readExecution(this.#run.executionArn, this.#run.connection);
      if (read.history.length !== this.#read.history.length) this.#version += 1;
      this.#read = read;
      this.#historyProblem = undefined;
    } catch (error) {
      if (isTransientError(error)) return;
      // Neither a record nor an execution: the id is unknown.
      const { id, connection, executionArn } = this.#run;
      if (isMissing(error) && this.#record === undefined) refuseUnknown(id, connection, executionArn);
      this.#historyProblem = problemOf(error);
      this.#version += 1;
    }
  }
}

function isEnded(record: RunRecord | undefined): boolean {
  return record !== undefined && isTerminal(record.status);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'ExecutionDoesNotExist';
}

function problemOf(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (isMissing(error))
    return 'Step Functions has no execution of this run. It keeps an execution for 90 days.';
  return `${name}: ${message}`;
}
