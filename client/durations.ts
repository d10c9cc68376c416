/** Writes durations, with the same words in the command line and the console. */

/** Returns a time in seconds with one decimal, or from a minute on as {@link describeSpan}. */
export function describeSeconds(ms: number): string {
  return ms < 59_950 ? `${(ms / 1_000).toFixed(1)} s` : describeSpan(ms);
}

/** Returns a time in its two largest whole units: `12 s`, `3 min 5 s`, `1 h 12 min`, `2 d 1 h`. */
export function describeSpan(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1_440)} d ${Math.floor(minutes / 60) % 24} h`;
}
