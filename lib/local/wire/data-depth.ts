/** Maximum nesting depth of events, states and their data. */
export const DATA_MAX_DEPTH = 600;

/** Returns whether JSON data of a request nests deeper than the code that reads it can follow. */
export function isTooDeep(value: unknown): boolean {
  return isNestedOver(value, DATA_MAX_DEPTH);
}

/** Returns whether a JSON value is nested more deeply than a depth. Does not visit deeper parts. */
export function isNestedOver(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  const members: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return members.some((member) => isNestedOver(member, depth - 1));
}
