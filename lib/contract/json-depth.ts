/**
 * Returns whether a value nests arrays and objects more than `depth` levels deep. Recursion into a deeper value could
 * exhaust the stack. Node.js aborts the process, instead of throwing, if that happens while it compiles a regular
 * expression.
 */
export function isNestedOver(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  for (const member of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) {
    if (isNestedOver(member, depth - 1)) return true;
  }
  return false;
}
