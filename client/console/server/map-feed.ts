import { setTimeout as sleep } from 'node:timers/promises';

import {
  CodeseederError,
  type MapDescription,
  type MapRecord,
  type ProgressItem,
  progressItemOf,
} from '../../../lib/contract/index.js';
import type { Connection } from '../../connection/connection.js';
import { tableOf } from '../../connection/seedkit-resources.js';
import { findMap } from '../../maps/map-machine.js';
import { indexesOf, MapState } from '../../maps/map-state.js';
import type { MapCounts, MapView } from '../api.js';
import { firstVersion, Following } from './following.js';
import { statesOf } from './input-states.js';

/** Largest map whose inputs are shown one by one. Of a larger one, only the record is shown, with its final numbers. */
const SHOWN_INPUTS_MAX = 200_000;

/** Time between two reads of the record of a map whose inputs are not shown. */
const RECORD_MS = 5_000;

/** A group of inputs, with its state when it was read last. */
interface Group {
  /** Position of the first input among the map's inputs. */
  readonly start: number;
  readonly indexes: number[];
  progress: ProgressItem | undefined;
  states: string;
  /** Version of the view in which the states changed. */
  version: number;
}

/** Follows a map: its record, and the states of its inputs, until it has ended. */
export class MapFeed {
  readonly #mapId: string;
  readonly #connection: Connection;
  readonly #signal: AbortSignal;
  #version = firstVersion();
  #description: MapDescription | undefined;
  #record: MapRecord | undefined;
  #counts: MapCounts | undefined;
  #problem: string | undefined;
  #seen = '';
  readonly #groups = new Map<number, Group>();
  readonly #following: Following;

  constructor(mapId: string, connection: Connection, signal: AbortSignal) {
    this.#mapId = mapId;
    this.#connection = connection;
    this.#signal = signal;
    this.#following = new Following((afterFirst) => this.#follow(afterFirst), signal);
  }

  /** Returns what has changed since a version; 0 returns everything. @throws the error that ended the feed */
  async view(known: number): Promise<MapView> {
    await this.#following.untilRead();
    const version = this.#version;
    if (version === known) return { version };
    const changed = [...this.#groups.values()].filter((group) => group.version > known);
    return {
      version,
      record: this.#record,
      counts: this.#counts,
      ranges: known === 0 ? (this.#description?.ranges ?? []) : undefined,
      groups: changed.map(({ start, states }) => [start, states]),
      problem: this.#problem,
    };
  }

  /** Returns why the run of an input could not be started. */
  reasonOf(index: number): string | undefined {
    return this.#groups.get(progressItemOf(index))?.progress?.reasons.get(index);
  }

  async #follow(afterFirst: () => void): Promise<void> {
    const description = await this.#describe();
    if (description === undefined) {
      afterFirst();
      return this.#followRecord();
    }
    this.#description = description;
    let position = 0;
    for (const index of indexesOf(description)) {
      this.#groupOf(progressItemOf(index), position).indexes.push(index);
      position += 1;
    }
    const state = new MapState(description, this.#connection);
    await state.read();
    this.#see(state);
    afterFirst();
    while (!state.isOver) {
      await state.next(this.#signal);
      this.#see(state);
    }
  }

  /** Reads what the map runs. A map of which only the record is left, or that is too large, has no description here. */
  async #describe(): Promise<MapDescription | undefined> {
    try {
      const { description } = await findMap(this.#mapId, this.#connection);
      if (description.total <= SHOWN_INPUTS_MAX) return description;
      this.#problem = `The map has ${description.total} inputs. Inputs are shown one by one up to ${SHOWN_INPUTS_MAX}; see its runs in the list of runs.`;
    } catch (error) {
      if (!(error instanceof CodeseederError) || !GONE.has(error.code)) throw error;
      this.#problem = error.message;
      this.#record = await this.#readRecord();
      if (this.#record === undefined) throw error;
    }
    this.#record ??= await this.#readRecord();
    this.#version += 1;
    return undefined;
  }

  async #readRecord(): Promise<MapRecord | undefined> {
    const { readMapRecord } = await import('../../../lib/run-store/maps.js');
    return readMapRecord(this.#mapId, await tableOf(this.#connection));
  }

  /** Follows the record of a map whose inputs are not shown. */
  async #followRecord(): Promise<void> {
    while (this.#record?.status === 'RUNNING') {
      await sleep(RECORD_MS, undefined, { signal: this.#signal });
      const record = await this.#readRecord();
      if (JSON.stringify(record) === JSON.stringify(this.#record)) continue;
      this.#record = record;
      this.#version += 1;
    }
  }

  #groupOf(item: number, start: number): Group {
    const known = this.#groups.get(item);
    if (known !== undefined) return known;
    const group = { start, indexes: [], progress: undefined, states: '', version: 0 };
    this.#groups.set(item, group);
    return group;
  }

  #see(state: MapState): void {
    const { record, status } = state;
    const { mapId: _, status: __, ...counts } = state.progress();
    const seen = JSON.stringify([record, status, counts.succeeded, counts.failed, counts.running]);
    const next = this.#version + 1;
    const changed = [...this.#groups.values()].filter((group) => hasChanged(group, state));
    for (const group of changed) group.version = next;
    if (changed.length === 0 && seen === this.#seen) return;
    this.#seen = seen;
    this.#record = record && { ...record, status };
    this.#counts = counts;
    this.#version = next;
  }
}

/** Codes of errors after which the record may still exist: the execution or the files of the map have expired. */
const GONE: ReadonlySet<string> = new Set(['MapNotFound', 'InputMissing', 'InputChanged']);

/** Reads the states of a group again. @returns whether they differ */
function hasChanged(group: Group, state: MapState): boolean {
  const [first = 0] = group.indexes;
  const progress = state.of(first);
  if (group.progress === progress) return false;
  group.progress = progress;
  const states = statesOf(group.indexes, progress);
  const isChanged = states !== group.states;
  group.states = states;
  return isChanged;
}
