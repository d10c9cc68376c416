import { setTimeout as sleep } from 'node:timers/promises';

import {
  executionArnOf,
  isTransientError,
  type MapDescription,
  type MapRecord,
  type MapStatus,
  type ProgressItem,
  progressItemOf,
} from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { tableOf } from '../connection/seedkit-resources.js';
import type { MapProgress } from '../map-types.js';
import { mapMachineOf } from './map-machine.js';

/** Time between two reads of a map's state: a share of the time since the first, from `shortest` to `longest`. */
const LOOK_MS = { shortest: 300, longest: 2_000, shareOfAge: 0.02 } as const;
/** Minimum time between two reads of a map's execution, which may have ended without ending the map's record. */
const EXECUTION_MS = 15_000;

const NONE: ProgressItem = {
  started: new Set(),
  succeeded: new Set(),
  failed: new Set(),
  reasons: new Map(),
};

/**
 * The state of a map: its status, and the progress of its inputs. A progress item of the table covers a range of
 * inputs, and is not read again after all of them have ended.
 */
export class MapState {
  readonly description: MapDescription;
  status: MapStatus = 'RUNNING';
  record: MapRecord | undefined;
  private readonly connection: Connection;
  private readonly sizes: Map<number, number>;
  private readonly open: Map<number, ProgressItem>;
  private readonly complete = new Map<number, ProgressItem>();
  private readonly createdAtMs = Date.now();
  private executionReadAtMs = 0;

  constructor(description: MapDescription, connection: Connection) {
    this.description = description;
    this.connection = connection;
    this.sizes = sizesOf(description);
    this.open = new Map([...this.sizes.keys()].map((item) => [item, NONE]));
  }

  /**
   * Whether the map has ended. If an input is then not counted as ended, its run was not started, or only the run's
   * record shows the end.
   */
  get isOver(): boolean {
    return this.status !== 'RUNNING';
  }

  /** Returns the progress item that covers an input. */
  of(index: number): ProgressItem {
    const item = progressItemOf(index);
    return this.complete.get(item) ?? this.open.get(item) ?? NONE;
  }

  hasEnded(index: number): boolean {
    const { succeeded, failed } = this.of(index);
    return succeeded.has(index) || failed.has(index);
  }

  /** Returns the indexes of the runs that were started and have not ended. */
  running(): number[] {
    return [...this.open.values()].flatMap(({ started, succeeded, failed }) =>
      [...started].filter((index) => !succeeded.has(index) && !failed.has(index)),
    );
  }

  /** Reads the status, then the progress. In this order the progress of a map that has ended is complete. */
  async read(): Promise<void> {
    const { mapId } = this.description;
    const { readMapRecord, readProgress } = await import('../../lib/run-store/maps.js');
    const table = await tableOf(this.connection);
    if (!this.isOver) {
      this.record = await readMapRecord(mapId, table);
      this.status = this.record?.status ?? 'RUNNING';
      if (!this.isOver) await this.readExecution();
    }
    for await (const { item, progress } of readProgress(mapId, [...this.open.keys()], table)) {
      this.open.set(item, progress);
      if (progress.succeeded.size + progress.failed.size < (this.sizes.get(item) ?? 0)) continue;
      this.open.delete(item);
      this.complete.set(item, progress);
    }
  }

  /**
   * Waits until the next read is due, and reads the state. A request that fails transiently is repeated by the next
   * call.
   */
  async next(signal: AbortSignal | undefined): Promise<void> {
    const ageMs = Date.now() - this.createdAtMs;
    const waitMs = Math.min(LOOK_MS.longest, Math.max(LOOK_MS.shortest, ageMs * LOOK_MS.shareOfAge));
    await sleep(waitMs, undefined, signal === undefined ? {} : { signal });
    await this.read().catch((error: unknown) => {
      if (!isTransientError(error)) throw error;
    });
  }

  progress(): MapProgress {
    const { mapId, total } = this.description;
    const items = [...this.complete.values(), ...this.open.values()];
    const count = (set: 'succeeded' | 'failed') => items.reduce((sum, item) => sum + item[set].size, 0);
    const [succeeded, failed, running] = [count('succeeded'), count('failed'), this.running().length];
    const done = succeeded + failed;
    const endMs = this.record?.finishedAt === undefined ? Date.now() : Date.parse(this.record.finishedAt);
    const ageMs = this.record === undefined ? 0 : Math.max(1, endMs - Date.parse(this.record.queuedAt));
    const perMs = ageMs === 0 ? 0 : done / ageMs;
    return {
      mapId,
      status: this.status,
      total,
      succeeded,
      failed,
      running,
      waiting: total - done - running,
      perMinute: perMs * 60_000,
      secondsLeft: perMs === 0 || this.isOver ? undefined : Math.round((total - done) / perMs / 1_000),
    };
  }

  private async readExecution(): Promise<void> {
    const nowMs = Date.now();
    if (nowMs - this.executionReadAtMs < EXECUTION_MS) return;
    this.executionReadAtMs = nowMs;
    const { sfn, mapMachineArn } = await mapMachineOf(this.connection);
    const { describeExecution } = await import('../../lib/run-store/execution.js');
    const { status } = await describeExecution(sfn, executionArnOf(mapMachineArn, this.description.mapId));
    if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return;
    this.status = status === 'ABORTED' ? 'CANCELED' : status === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED';
  }
}

/** Returns the number of inputs of each progress item. */
function sizesOf({ ranges }: MapDescription): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const [first, last] of ranges) {
    for (let index = first; index <= last; index += 1) {
      const item = progressItemOf(index);
      sizes.set(item, (sizes.get(item) ?? 0) + 1);
    }
  }
  return sizes;
}

/** Returns the indexes of the inputs of a map, in ascending order. */
export function* indexesOf({ ranges }: Pick<MapDescription, 'ranges'>): Generator<number> {
  for (const [first, last] of ranges) for (let index = first; index <= last; index += 1) yield index;
}
