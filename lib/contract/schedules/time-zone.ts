import { CodeseederError } from '../codeseeder-error.js';
import { nearestNames } from '../nearest-names.js';

/** Time zone of schedules that name none. */
export const DEFAULT_TIME_ZONE = 'UTC';

const NAME = /^[A-Za-z][\w+/-]{0,49}$/;

/**
 * Checks the name of a time zone of the IANA database, such as `Europe/Berlin`.
 * @throws CodeseederError `InvalidRequest` with the nearest names
 */
export function parseTimeZone(value: string): string {
  if (NAME.test(value) && isKnown(value)) return value;
  const near = nearestNames(value, Intl.supportedValuesOf('timeZone')).slice(0, 3);
  throw new CodeseederError(
    'InvalidRequest',
    `The time zone ${JSON.stringify(value)} is not valid: write a name of the IANA database, such as ${near.join(', ')} or ${DEFAULT_TIME_ZONE}.`,
  );
}

function isKnown(name: string): boolean {
  try {
    wallClockMs(0, name);
    return true;
  } catch {
    return false;
  }
}

/** The time at which the clocks of a time zone show a date and time, or the length of the gap that skips it. */
export type WallClockTime = { readonly timeMs: number } | { readonly skippedMs: number };

/**
 * Longer than the difference of any time zone from UTC. The clocks of a zone change at most once in twice this time.
 */
const AWAY_MS = 26 * 3_600_000;

/**
 * Finds the time at which the clocks of a time zone show a date and time. Of a time that occurs twice, returns the
 * first.
 *
 * @param wallMs the date and time as milliseconds since the epoch, as if it were in UTC
 */
export function timeOfWallClock(wallMs: number, timeZone: string): WallClockTime {
  const [before, after] = [wallMs - AWAY_MS, wallMs + AWAY_MS].map(
    (timeMs) => wallClockMs(timeMs, timeZone) - timeMs,
  ) as [number, number];
  const times = [wallMs - before, wallMs - after].filter(
    (timeMs) => wallClockMs(timeMs, timeZone) === wallMs,
  );
  return times.length === 0 ? { skippedMs: after - before } : { timeMs: Math.min(...times) };
}

/** Returns what the clocks of a time zone show, as milliseconds since the epoch, as if it were in UTC. */
function wallClockMs(timeMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(timeMs);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((found) => found.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}
