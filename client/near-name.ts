import { editDistance } from '../lib/contract/index.js';

/** Greatest number of letters in which a misspelt name differs. */
const MISSPELT_MAX = 2;

/**
 * Returns the name that is nearest to a misspelt one: it differs in one letter for every three, and in two at most.
 * Undefined if none is that near.
 */
export function nearName(name: string, others: Iterable<string>): string | undefined {
  const [nearest] = [...others]
    .filter((other) => other !== '')
    .map((other) => ({ other, distance: editDistance(name, other) }))
    .filter(({ other, distance }) => distance <= allowed(Math.max(name.length, other.length)))
    .toSorted((one, two) => one.distance - two.distance);
  return nearest?.other;
}

function allowed(length: number): number {
  return Math.min(MISSPELT_MAX, Math.floor(length / 3));
}
