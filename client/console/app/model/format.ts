/** Writes times, durations and names for people. */
import { describeSeconds } from '../../../durations.js';

/** Returns a duration: `850 ms` below a second, else as the command line writes it: `4.3 s`, `3 min 5 s`. */
export function formatDuration(ms: number): string {
  return ms < 999.5 ? `${Math.max(0, Math.round(ms))} ms` : describeSeconds(ms);
}

/** Returns how long ago a time was, in its largest unit: `now`, `12 s ago`, `3 h ago`. */
export function formatAge(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 5) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
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
