import { CodeseederError } from '../../lib/contract/index.js';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const AGO = /^(\d{1,6})([smhdw])$/;
const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Returns a time in ISO 8601 in UTC. A text is ISO 8601, where a date is its first moment in UTC, or an age such as
 * `2h`.
 * @param option names the time in errors
 * @throws CodeseederError `InvalidRequest`
 */
export function timeOf(option: string, time: Date | string, nowMs: number): string {
  const ms = typeof time === 'string' ? msOf(time, nowMs) : time.getTime();
  if (ms !== undefined && Math.abs(ms) < MAX_MS) return new Date(ms).toISOString();
  throw new CodeseederError(
    'InvalidRequest',
    `${option} is not a time: ${JSON.stringify(time)}. Give ISO 8601, such as 2026-01-31 or 2026-01-31T10:00Z, or an age, such as 30m, 2h or 7d.`,
  );
}

/** Limits years to four digits, so that times can be compared as texts. */
const MAX_MS = Date.UTC(9999, 0);

function msOf(text: string, nowMs: number): number | undefined {
  const [, count, unit = ''] = AGO.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * (UNIT_MS[unit] ?? 0);
  return ISO.test(text) ? Date.parse(text) : undefined;
}
