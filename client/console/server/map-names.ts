import type { RunRecord } from '../../../lib/contract/index.js';
import type { Connection } from '../../connection/connection.js';
import { tableOf } from '../../connection/seedkit-resources.js';

/** Maximum number of names in memory. With more, all are removed, and read again when they are needed. */
const KEPT_MAX = 1_000;

/** The names of maps, which their runs do not have. A name never changes, so it is read once. */
export class MapNames {
  readonly #connection: Connection;
  /** Names by map id; undefined for a map without a name, or without a record. */
  readonly #known = new Map<string, string | undefined>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Returns the names of the maps of runs, by map id. */
  async of(runs: readonly RunRecord[]): Promise<Readonly<Record<string, string>>> {
    const mapIds = [...new Set(runs.flatMap(({ mapId }) => mapId ?? []))];
    await this.#read(mapIds.filter((mapId) => !this.#known.has(mapId)));
    const named = mapIds.flatMap((mapId) => {
      const name = this.#known.get(mapId);
      return name === undefined ? [] : [[mapId, name] as const];
    });
    if (this.#known.size > KEPT_MAX) this.#known.clear();
    return Object.fromEntries(named);
  }

  async #read(mapIds: readonly string[]): Promise<void> {
    if (mapIds.length === 0) return;
    const { readMapRecord } = await import('../../../lib/run-store/maps.js');
    const table = await tableOf(this.#connection);
    const read = async (mapId: string) => {
      const record = await readMapRecord(mapId, table);
      // The record of a map that has just started may follow.
      if (record !== undefined) this.#known.set(mapId, record.name);
    };
    await Promise.all(mapIds.map(read));
  }
}
