import { isNestedOver, JSON_MAX_DEPTH } from '../../contract/index.js';

/** What a run may be given, and the events and states that carry it. */
export const DATA_MAX_DEPTH = JSON_MAX_DEPTH + 100;

/** Whether JSON data of a request nests deeper than whoever reads it can follow. */
export function isTooDeep(value: unknown): boolean {
  return isNestedOver(value, DATA_MAX_DEPTH);
}
