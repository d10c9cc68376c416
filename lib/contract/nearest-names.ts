const NEAREST_MAX = 5;

/** Returns the names that differ least from a name, the nearest first. */
export function nearestNames(name: string, names: readonly string[]): string[] {
  return [...names]
    .map((other) => ({ other, distance: editDistance(name, other) }))
    .sort((one, two) => one.distance - two.distance || (one.other < two.other ? -1 : 1))
    .slice(0, NEAREST_MAX)
    .map(({ other }) => other);
}

/** Returns the number of letters to insert, delete or replace to make one text of another. */
export function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
