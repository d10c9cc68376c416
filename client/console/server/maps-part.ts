import { setTimeout as sleep } from 'node:timers/promises';

import { z } from 'zod';

import {
  isRunOfMap,
  mapIdSchema,
  type MapRecord,
  parseWith,
  runIdOfInput,
  type RunRecord,
} from '../../../lib/contract/index.js';
import type { Connection } from '../../connection/connection.js';
import { tableOf } from '../../connection/seedkit-resources.js';
import { listMaps } from '../../maps/list-maps.js';
import { mapAgain } from '../../maps/map-again.js';
import { attachMap } from '../../maps/map-handle.js';
import { findRecords } from '../../run/run-records.js';
import type { MapRuns, MapsPage, MapView, StartedMap } from '../api.js';
import type { Answer, ApiPart } from './api-part.js';
import { readJsonBody } from './answer.js';
import { Feeds } from './feeds.js';
import { listedRun } from './listed-run.js';
import { MapFeed } from './map-feed.js';
import { repeated } from './repeat.js';

/**
 * How long the answer to a cancellation waits for its end. Then the cancellation goes on, and the page shows the map's
 * end.
 */
const CANCEL_ANSWER_MS = 2_000;

const ids = (max: number) =>
  z
    .string()
    .transform((text) => text.split(',').filter((id) => id !== ''))
    .pipe(z.array(mapIdSchema).max(max));

const listSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  days: z.coerce.number().int().min(1).max(30).default(30),
  /** Maps whose current records to add. */
  ids: ids(50).default([]),
});

/** Inputs of which one request may ask for the runs. @see BatchGetItem reads up to 100 */
const INDEXES_MAX = 100;

const indexesSchema = z.strictObject({
  indexes: z
    .string()
    .regex(/^(\d{1,9}(,\d{1,9})*)?$/, 'indexes are numbers, separated by commas')
    .transform((text) => (text === '' ? [] : text.split(',').map(Number)))
    .pipe(z.array(z.number()).max(INDEXES_MAX)),
});

const cancelSchema = z.strictObject({ reason: z.string().max(1_000).optional() });

/** Answers about maps. */
export class MapsPart implements ApiPart {
  readonly #connection: Connection;
  readonly #feeds: Feeds<MapFeed>;
  readonly #end = new AbortController();
  readonly #cancellations = new Map<string, Promise<void>>();
  readonly #cancelProblems = new Map<string, string>();

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#feeds = new Feeds((mapId, signal) => new MapFeed(mapId, connection, signal));
  }

  answerOf(route: string): Answer | undefined {
    if (route === 'GET /api/maps') return (query) => this.#list(query);
    const [, method = '', mapId = '', what = ''] =
      /^(GET|POST) \/api\/maps\/([^/]+)\/(\w+)$/.exec(route) ?? [];
    const id = () => parseWith(mapIdSchema, mapId, 'map id');
    switch (`${method} ${what}`) {
      case 'GET view':
        return async (query) => this.#view(id(), Number(query.get('version') ?? 0));
      case 'GET runs':
        return async (query) => this.#runs(id(), query);
      case 'POST cancel':
        return async (_, request) => this.#cancel(id(), await readJsonBody(request));
      case 'POST again':
        return async (_, request) => {
          await readJsonBody(request);
          return this.#again(id());
        };
      default:
        return undefined;
    }
  }

  /** Ends the feeds and the cancellations in progress. A map that is being canceled starts no further run even then. */
  close(): void {
    this.#end.abort();
    this.#feeds.close();
  }

  async #list(query: URLSearchParams): Promise<MapsPage> {
    const { limit, days, ids: asked } = parseWith(listSchema, Object.fromEntries(query), 'query');
    const [found, known] = await Promise.all([
      listMaps(this.#connection, { limit: limit + 1, days }),
      this.#records(asked),
    ]);
    return { maps: [...found.slice(0, limit), ...known], hasMore: found.length > limit };
  }

  async #records(mapIds: readonly string[]): Promise<MapRecord[]> {
    if (mapIds.length === 0) return [];
    const { readMapRecord } = await import('../../../lib/run-store/maps.js');
    const table = await tableOf(this.#connection);
    const records = await Promise.all(mapIds.map((mapId) => readMapRecord(mapId, table)));
    return records.filter((record) => record !== undefined);
  }

  async #view(mapId: string, known: number): Promise<MapView> {
    const view = await this.#feeds.read(mapId, (feed) => feed.view(known));
    return { ...view, cancelProblem: this.#cancelProblems.get(mapId) };
  }

  async #runs(mapId: string, query: URLSearchParams): Promise<MapRuns> {
    const { indexes } = parseWith(indexesSchema, Object.fromEntries(query), 'query');
    const feed = this.#feeds.get(mapId);
    const reasons = indexes.flatMap((index) => {
      const reason = feed.reasonOf(index);
      return reason === undefined ? [] : [[String(index), reason] as const];
    });
    const records = await this.#recordsOf(mapId, indexes);
    return { runs: records.map(listedRun), reasons: Object.fromEntries(reasons) };
  }

  async #recordsOf(mapId: string, indexes: readonly number[]): Promise<RunRecord[]> {
    const runIds = [...new Set(indexes)].map((index) => runIdOfInput(mapId, index));
    if (runIds.length === 0) return [];
    const { records } = await findRecords(runIds, await tableOf(this.#connection));
    return [...records.values()].filter((record) => isRunOfMap(record, mapId));
  }

  async #cancel(mapId: string, body: unknown): Promise<Record<string, never>> {
    const { reason } = parseWith(cancelSchema, body, 'cancellation');
    const canceled = this.#cancellations.get(mapId) ?? this.#startCancel(mapId, reason);
    await Promise.race([canceled, sleep(CANCEL_ANSWER_MS, undefined, { ref: false })]);
    return {};
  }

  /** Cancels a map. Canceling it again changes nothing, so a call that AWS throttled is repeated. */
  #startCancel(mapId: string, reason: string | undefined): Promise<void> {
    const { signal } = this.#end;
    this.#cancelProblems.delete(mapId);
    const cancel = async () => {
      const map = await attachMap(mapId, this.#connection);
      await map.cancel(reason, { signal });
    };
    const canceled = repeated(cancel, () => !signal.aborted).finally(() => this.#cancellations.delete(mapId));
    canceled.catch((error: unknown) => {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      this.#cancelProblems.set(mapId, `${name}: ${message}`);
    });
    this.#cancellations.set(mapId, canceled);
    return canceled;
  }

  async #again(mapId: string): Promise<StartedMap> {
    const { id } = await mapAgain(mapId, this.#connection, {});
    return { mapId: id };
  }
}
