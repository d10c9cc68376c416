/** Maximum nesting depth of JSON data, such as events and the data of states. */
export const DATA_MAX_DEPTH = 600;

/** Returns whether JSON data is nested too deeply for code that visits it recursively. */
export function isTooDeep(value: unknown): boolean {
  return isNestedOver(value, DATA_MAX_DEPTH);
}

/** Returns whether a JSON value has more than `depth` levels. Does not visit deeper levels. */
export function isNestedOver(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  const members: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return members.some((member) => isNestedOver(member, depth - 1));
}
