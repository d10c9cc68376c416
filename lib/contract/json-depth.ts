/**
 * Returns whether a value nests arrays and objects more than `depth` levels deep. Recursion into a deeper value could
 * exhaust the stack. If that happens while Node.js compiles a regular expression, Node.js throws no error but aborts
 * the process.
 */
export function isNestedOver(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  for (const member of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) {
    if (isNestedOver(member, depth - 1)) return true;
  }
  return false;
}
