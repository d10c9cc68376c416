import { type Cron, nextCronTimeMs, parseCron } from '../events/cron.js';
import type { StoredSchedule } from './stored-schedule.js';
import { isTimeZone, timeAt, wallClock } from './wall-clock.js';

/** Returns the first time of an expression after the given time; undefined if there is none. */
type NextTime = (afterMs: number) => number | undefined;

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Returns the first time of a schedule after `afterMs`; undefined if there is none. Without a start date, the first
 * time of a `rate(...)` is the time at which the schedule was last changed.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function nextTime(
  schedule: Pick<StoredSchedule, 'expression' | 'timezone' | 'startMs' | 'endMs' | 'modifiedAtMs'>,
  afterMs: number,
): number | undefined {
  const { expression, timezone, startMs, endMs = Infinity, modifiedAtMs } = schedule;
  if (expression.startsWith('at(')) return timesOf(expression, timezone, modifiedAtMs)?.(afterMs);
  const times = timesOf(expression, timezone, startMs ?? modifiedAtMs);
  const next = times?.(Math.max(afterMs, (startMs ?? -Infinity) - 1));
  return next === undefined || next > endMs ? undefined : next;
}

/** Returns whether an expression is valid. */
export function isExpression(expression: string): boolean {
  return timesOf(expression, 'UTC', 0) !== undefined;
}

export { isTimeZone };

/** @param anchorMs the first time of a `rate(...)` */
function timesOf(expression: string, zone: string, anchorMs: number): NextTime | undefined {
  const [, kind, content = ''] = /^(at|cron|rate)\((.*)\)$/.exec(expression) ?? [];
  switch (kind) {
    case 'at':
      return onceAt(content, zone);
    case 'cron': {
      const cron = parseCron(content.trim());
      return cron && ((afterMs) => nextInZone(cron, zone, afterMs));
    }
    case 'rate':
      return repeated(content, anchorMs);
    default:
      return undefined;
  }
}

function onceAt(content: string, zone: string): NextTime | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(content)) return undefined;
  const wallMs = Date.parse(`${content}Z`);
  if (Number.isNaN(wallMs) || !new Date(wallMs).toISOString().startsWith(content)) return undefined;
  const dueMs = timeAt(wallMs, zone);
  return (afterMs) => (dueMs !== undefined && dueMs > afterMs ? dueMs : undefined);
}

function repeated(content: string, anchorMs: number): NextTime | undefined {
  const [, number = '', unit = ''] = /^([1-9]\d{0,8}) (minute|hour|day)s?$/.exec(content) ?? [];
  const everyMs = Number(number) * (UNIT_MS[unit] ?? 0);
  if (everyMs === 0) return undefined;
  return (afterMs) => anchorMs + Math.max(0, Math.floor((afterMs - anchorMs) / everyMs) + 1) * everyMs;
}

/**
 * Returns the next time of a cron expression in a zone. When the clocks change, a time that is skipped is left out, and
 * a time that occurs twice counts once.
 */
function nextInZone(cron: Cron, zone: string, afterMs: number): number | undefined {
  let wallMs = nextCronTimeMs(cron, wallClock(afterMs, zone));
  while (wallMs !== undefined) {
    const timeMs = timeAt(wallMs, zone);
    if (timeMs !== undefined && timeMs > afterMs) return timeMs;
    wallMs = nextCronTimeMs(cron, wallMs);
  }
  return undefined;
}
