import { z } from 'zod';

import { MAP_INPUTS_MAX } from './limits.js';

/** Longest id of a map. The ids of its runs, `<map id>-<index>`, have at most the 80 characters of a run's id. */
const MAP_ID_MAX_CHARACTERS = 64;

/** The id of a map, which is also its execution's name. */
export const mapIdSchema = z
  .string()
  .regex(
    new RegExp(`^[A-Za-z0-9_-]{1,${MAP_ID_MAX_CHARACTERS}}$`),
    `a map id must have 1 to ${MAP_ID_MAX_CHARACTERS} letters, digits, underscores and hyphens`,
  );

/** The position of an input among the inputs of a map, counted from 0. */
export const inputIndexSchema = z
  .int()
  .min(0)
  .max(MAP_INPUTS_MAX - 1);

/**
 * Returns whether a run with the id of a run of a map is one that the map started. Another principal can start a run
 * with this id before the map does, but `prepare-run` refuses to let it name a map.
 * @param record the record of the run
 */
export function isRunOfMap(record: { readonly mapId?: string | undefined }, mapId: string): boolean {
  return record.mapId === mapId;
}

/** Returns the id of the run of an input. */
export function runIdOfInput(mapId: string, index: number): string {
  return `${mapId}-${index}`;
}
