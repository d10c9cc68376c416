/** Follows a list of runs: reads it again and again, with few requests, and finds what has changed. */
import { setTimeout as sleep } from 'node:timers/promises';

import { type Facet, hasFacet, isTerminal, positionOf, type RunRecord } from '../../lib/contract/index.js';
import type { WatchRunsOptions } from '../call-option-types.js';
import type { Connection } from '../connection/connection.js';
import { tableOf } from '../connection/seedkit-resources.js';
import { mayBeRepeated } from '../run/observe-run.js';
import { isExpired } from '../run/run-records.js';
import type { WatchedRuns } from '../seedkit-types.js';
import { iterateRuns, LIMIT_DEFAULT, listRuns, RECORDS_MAX } from './list-runs.js';
import { readAll } from './records-by-facets.js';
import { facetsOf } from './run-query.js';
import { timeOf } from './time-of.js';

/** Time from one read of the list to the next. */
const PAUSE_MS = 2_000;
/**
 * How long before the newest listed run new ones are looked for: the index shows a run usually within a second, and the
 * clocks of Step Functions' hosts may differ.
 */
const OVERLAP_MS = 60_000;

/**
 * Lists runs, and again after each pause.
 * @throws CodeseederError `InvalidRequest`
 */
export async function* watchRuns(
  connection: Connection,
  options: WatchRunsOptions = {},
  pauseMs = PAUSE_MS,
): AsyncGenerator<WatchedRuns, never> {
  const watched = new WatchedList(connection, options, await listRuns(connection, options));
  yield watched.first();
  for (;;) {
    await sleep(pauseMs, undefined, { signal: options.signal });
    try {
      yield await watched.next();
    } catch (error) {
      if (!mayBeRepeated(error)) throw error;
    }
  }
}

/** The listed runs of one watch. */
class WatchedList {
  readonly #connection: Connection;
  readonly #options: WatchRunsOptions;
  readonly #facets: readonly Facet[];
  readonly #limit: number;
  readonly #startedAtMs = Date.now();
  #runs: readonly RunRecord[];

  constructor(connection: Connection, options: WatchRunsOptions, runs: readonly RunRecord[]) {
    this.#connection = connection;
    this.#options = options;
    this.#facets = facetsOf(options);
    this.#limit = options.limit ?? LIMIT_DEFAULT;
    this.#runs = runs;
  }

  first(): WatchedRuns {
    return { runs: this.#runs, changed: this.#runs.toReversed() };
  }

  async next(): Promise<WatchedRuns> {
    const before = new Map(this.#runs.map((run) => [run.runId, run]));
    const found = await this.#find(before);
    const open = this.#runs.filter(({ runId, status }) => !isTerminal(status) && !found.has(runId));
    const read = await this.#read(open.map(({ runId }) => runId));
    const all = [...new Map([...before, ...read, ...found]).values()].filter((run) => !isExpired(run));
    this.#runs = all
      .filter((run) => this.#facets.every((facet) => hasFacet(run, facet)))
      .sort((a, b) => (positionOf(a) < positionOf(b) ? 1 : -1))
      .slice(0, this.#limit);
    const listed = new Set(this.#runs);
    const changed = all.filter((run) => {
      const former = before.get(run.runId);
      // A run that did not come into the list is no news, but one that leaves it is.
      return (listed.has(run) || former !== undefined) && !isSame(former, run);
    });
    return { runs: this.#runs, changed: changed.sort((a, b) => (positionOf(a) < positionOf(b) ? -1 : 1)) };
  }

  /**
   * Finds runs that the list may lack. Only the status of a run changes, so without a filter by status these are the
   * newest runs.
   */
  async #find(before: ReadonlyMap<string, RunRecord>): Promise<Map<string, RunRecord>> {
    const { limit: _limit, ...filters } = this.#options;
    const since = filters.status === undefined ? this.#newSince() : filters.since;
    const ended = (runId: string) => {
      const run = before.get(runId);
      return run !== undefined && isTerminal(run.status) ? run : undefined;
    };
    const found = new Map<string, RunRecord>();
    const pageSize = Math.min(this.#limit, RECORDS_MAX);
    for await (const run of iterateRuns(this.#connection, { ...filters, since }, pageSize, ended)) {
      found.set(run.runId, run);
      if (found.size >= this.#limit) break;
    }
    return found;
  }

  #newSince(): Date {
    const { since } = this.#options;
    const [newest] = this.#runs;
    const newestAtMs = newest === undefined ? this.#startedAtMs : Date.parse(newest.queuedAt);
    const newSinceMs = newestAtMs - OVERLAP_MS;
    const firstMs = since === undefined ? 0 : Date.parse(timeOf('since', since, this.#startedAtMs));
    return new Date(Math.max(newSinceMs, firstMs));
  }

  async #read(runIds: readonly string[]): Promise<Map<string, RunRecord>> {
    const table = await tableOf(this.#connection);
    const read = new Map<string, RunRecord>();
    for (let first = 0; first < runIds.length; first += RECORDS_MAX) {
      const page = await readAll(runIds.slice(first, first + RECORDS_MAX), table);
      for (const [runId, run] of page) read.set(runId, run);
    }
    return read;
  }
}

function isSame(one: RunRecord | undefined, other: RunRecord): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
