/** Writes times, durations and names for people. */

/** Returns a duration in its two largest units: `850 ms`, `4.2 s`, `3 m 5 s`, `2 h 10 m`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
  return `${Math.floor(minutes / 1_440)} d ${Math.floor(minutes / 60) % 24} h`;
}

/** Returns how long ago a time was, in its largest unit: `now`, `12 s ago`, `3 h ago`. */
export function formatAge(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 5) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** Returns a time of day with seconds, in the reader's time zone. */
export function formatTime(atMs: number): string {
  return new Date(atMs).toLocaleTimeString(undefined, { hour12: false });
}

/** Made once: making it takes longer than formatting a page of log lines. */
const DATE_TIME = new Intl.DateTimeFormat(undefined, {
  hour12: false,
  dateStyle: 'medium',
  timeStyle: 'medium',
});

/** Returns date and time in the reader's time zone. */
export function formatDateTime(atMs: number): string {
  return DATE_TIME.format(atMs);
}

const STATUS_NAMES: Readonly<Record<string, string>> = { TIMED_OUT: 'TIMED OUT' };

/** Returns a status as it is shown. */
export function formatStatus(status: string): string {
  return STATUS_NAMES[status] ?? status;
}
