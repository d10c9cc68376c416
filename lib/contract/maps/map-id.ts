import { z } from 'zod';

/** Longest id of a map. The ids of its runs, `<map id>-<index>`, have at most the 80 characters of a run's id. */
const MAP_ID_MAX_CHARACTERS = 64;

/** The id of a map, which is also its execution's name. */
export const mapIdSchema = z
  .string()
  .regex(
    new RegExp(`^[A-Za-z0-9_-]{1,${MAP_ID_MAX_CHARACTERS}}$`),
    `a map id must have 1 to ${MAP_ID_MAX_CHARACTERS} letters, digits, underscores and hyphens`,
  );

/** Largest number of items of a Distributed Map. @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MAP_INPUTS_MAX = 100_000_000;

/** The position of an input among the inputs of a map, counted from 0. */
export const inputIndexSchema = z
  .int()
  .min(0)
  .max(MAP_INPUTS_MAX - 1);

/** Returns the id of the run of an input. */
export function runIdOfInput(mapId: string, index: number): string {
  return `${mapId}-${index}`;
}
