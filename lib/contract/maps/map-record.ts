import { z } from 'zod';

import { INVOCATION_KINDS } from '../invocation.js';
import { parseWith } from '../parse.js';
import { mapIdSchema } from '../map-id.js';
import { ON_ERROR } from './map-request.js';

/**
 * Statuses of a map. `SUCCEEDED`: every run succeeded. `FAILED`: at least one run did not succeed, and all have ended
 * or, with `onError: 'stop'`, were not started.
 */
export const MAP_STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED'] as const;
/**
 * A status of a map. `SUCCEEDED`: every run succeeded. `FAILED`: at least one run did not succeed. `CANCELED`: the map
 * was canceled.
 */
export type MapStatus = (typeof MAP_STATUSES)[number];

const timestamp = z.iso.datetime({ precision: 3 });

/** The record of a map: an item of the run table with the key `map:<mapId>`, which no run can have. */
export const mapRecordSchema = z.object({
  /** Id of the map, which is the name of its execution. */
  mapId: mapIdSchema,
  /** Status of the map. */
  status: z.enum(MAP_STATUSES),
  /** Name of the seedkit. */
  seedkit: z.string(),
  /** Name of the map, if the caller set one. */
  name: z.string().optional(),
  /** Kind of the code that each run calls. */
  kind: z.enum(INVOCATION_KINDS),
  /** The target in one line. */
  target: z.string(),
  /** ARN of the Step Functions execution. */
  executionArn: z.string(),
  /** Number of inputs. */
  total: z.int().positive(),
  /** Largest number of runs at the same time. */
  concurrency: z.int().positive(),
  /** What the map does after one of its runs failed. */
  onError: z.enum(ON_ERROR),
  /** Id of the map whose missing and failed inputs this map runs. */
  againOf: z.string().optional(),
  /** Index of the input whose failure stopped the map. */
  stoppedBy: z.int().nonnegative().optional(),
  /** When the execution started. */
  queuedAt: timestamp,
  /** When the map ended. */
  finishedAt: timestamp.optional(),
  /** When the event of the end was sent. */
  announcedAt: timestamp.optional(),
  /** Number of runs that succeeded, once the map has ended. */
  succeeded: z.int().nonnegative().optional(),
  /** Number of runs that did not succeed, once the map has ended. */
  failed: z.int().nonnegative().optional(),
  /** `map:YYYY-MM-DD` of `queuedAt`: partition of the index `byDay`, which differs from those of runs. */
  day: z.string(),
  /** Expiry in seconds since the epoch (TTL). */
  expiresAt: z.int(),
});
/** The record of a map: what it runs, when it was started, and how it ended. */
export type MapRecord = z.infer<typeof mapRecordSchema>;

/** Parses the record of a map. @throws CodeseederError `InvalidRequest` */
export function parseMapRecord(value: unknown): MapRecord {
  return parseWith(mapRecordSchema, value, 'map record');
}

/** Prefix of the keys of all items of maps in the run table. A run's id has no colon. */
export const MAP_ITEMS_PREFIX = 'map:';

/** Returns the key of the record of a map. */
export function mapRecordKey(mapId: string): string {
  return `${MAP_ITEMS_PREFIX}${mapId}`;
}

/** Returns the partition of the index `byDay` that lists the maps of a day. @param day `YYYY-MM-DD` */
export function dayOfMaps(day: string): string {
  return `${MAP_ITEMS_PREFIX}${day}`;
}

/**
 * Number of inputs whose progress is in one item. The item has sets of indexes, so that adding an index again changes
 * nothing. It has about 4 KB of indexes, and up to {@link REASON_MAX_CHARACTERS} for each run that could not be
 * started.
 */
export const INPUTS_PER_ITEM = 500;

/** Maximum characters of the stored reason why a run could not be started. */
export const REASON_MAX_CHARACTERS = 256;

/** Returns the number of the item that has the progress of an input. */
export function progressItemOf(index: number): number {
  return Math.floor(index / INPUTS_PER_ITEM);
}

/** Returns the key of an item of a map's progress. @param item number of the item */
export function progressKey(mapId: string, item: number): string {
  return `${MAP_ITEMS_PREFIX}${mapId}:${item}`;
}

/** Prefix of the attributes of a progress item that say why the run of an input could not be started. */
export const REASON_PREFIX = 'reason';

const indexSet = z
  .union([z.set(z.coerce.number()), z.array(z.coerce.number())])
  .default(new Set<number>())
  .transform((indexes): ReadonlySet<number> => new Set(indexes));

const progressItemSchema = z.looseObject({ started: indexSet, succeeded: indexSet, failed: indexSet });

/** The progress of up to 500 inputs: indexes of those whose runs were started, succeeded, or did not succeed. */
export interface ProgressItem {
  readonly started: ReadonlySet<number>;
  readonly succeeded: ReadonlySet<number>;
  readonly failed: ReadonlySet<number>;
  /** Why the runs of inputs could not be started, by index. */
  readonly reasons: ReadonlyMap<number, string>;
}

/** Parses an item of a map's progress. @throws CodeseederError `InvalidRequest` */
export function parseProgressItem(value: unknown): ProgressItem {
  const { started, succeeded, failed, ...others } = parseWith(progressItemSchema, value, 'progress of a map');
  const reasons = Object.entries(others).flatMap(([attribute, reason]): [number, string][] =>
    attribute.startsWith(REASON_PREFIX)
      ? [[Number(attribute.slice(REASON_PREFIX.length)), String(reason)]]
      : [],
  );
  return { started, succeeded, failed, reasons: new Map(reasons) };
}
