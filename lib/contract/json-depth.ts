/**
 * Whether a value nests arrays and objects over `depth` deep. Who recurses into a deeper value from outside runs out
 * of stack, and where a regular expression is compiled at the stack's end, Node.js does not throw but aborts.
 */
export function isNestedOver(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  for (const member of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) {
    if (isNestedOver(member, depth - 1)) return true;
  }
  return false;
}
