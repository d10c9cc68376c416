const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** Returns a time in its largest whole unit: `5d`, `3h`, `12m`, `7s`. */
export function shortTime(ms: number): string {
  const [unit, unitMs] = UNITS.find(([, each]) => ms >= each) ?? ['s', 1_000];
  return `${Math.max(0, Math.floor(ms / unitMs))}${unit}`;
}

/** Returns how long something took: below ten seconds with tenths, such as `2.8s`, else as {@link shortTime}. */
export function shortDuration(ms: number): string {
  return ms < 9_950 ? `${(Math.max(0, ms) / 1_000).toFixed(1)}s` : shortTime(ms);
}
