const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns whether a name is that of a time zone of the IANA database. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Returns the date and time that the clocks of a zone show, as milliseconds since the epoch, as if it were in UTC. */
export function wallClock(timeMs: number, zone: string): number {
  const parts = formatOf(zone).formatToParts(timeMs);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((found) => found.type === type)?.value);
  const wallMs = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return wallMs + (((timeMs % 1000) + 1000) % 1000);
}

/**
 * Returns the first time at which the clocks of a zone show a date and time; undefined if the clocks skip it when they
 * are put forward.
 */
export function timeAt(wallMs: number, zone: string): number | undefined {
  // The offset changes at most once in the two days around a time.
  const offsets = [wallMs - DAY_MS, wallMs + DAY_MS].map((timeMs) => wallClock(timeMs, zone) - timeMs);
  const times = offsets
    .map((offset) => wallMs - offset)
    .filter((timeMs) => wallClock(timeMs, zone) === wallMs);
  return times.length === 0 ? undefined : Math.min(...times);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}
