/** Writes the numbers of runs of the last 24 hours. */
import type { RunStatus } from '../../../../lib/contract/index.js';
import type { HoursOfRuns } from '../../api.js';

/** Numbers of runs that may not be known yet. */
export interface KnownHours {
  /** Undefined until they are counted. */
  readonly counted: HoursOfRuns | undefined;
  /** Why the last count failed; undefined if it did not. */
  readonly error: string | undefined;
}

/** Returns the number of runs with a status; undefined if it is not known. */
export function countOf(counted: HoursOfRuns | undefined, status: RunStatus): number | undefined {
  return counted?.hours.reduce((sum, { counts }) => sum + (counts[status] ?? 0), 0);
}

/** Returns the caption of the bars. */
export function captionOfHours({ counted, error }: KnownHours): string {
  if (counted !== undefined) return counted.isPartial ? 'newest 10,000 runs, by hour' : 'runs by hour';
  return error === undefined ? 'counting runs …' : 'runs by hour are not known';
}
