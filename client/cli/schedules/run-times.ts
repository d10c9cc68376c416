/** Finds when a schedule started its last run, and when it starts the next one. */
import { dueTimeOfRunId, type RunRecord } from '../../../lib/contract/index.js';
import type { TargetSchedule } from '../../schedule-types.js';
import type { Seedkit } from '../../seedkit-types.js';
import type { ShownSchedule } from '../output-types.js';
import { shortTime } from '../short-time.js';

/** The last and the next run of a schedule. */
export interface RunTimes extends Pick<ShownSchedule, 'nextRunAt' | 'lastRun'> {
  /** Why the last run is not known. */
  readonly problem?: string | undefined;
}

/** Reads the last run of a schedule, and computes the next one. The rights for schedules do not include the first. */
export async function runTimesOf(
  schedule: TargetSchedule,
  { runs }: Pick<Seedkit, 'runs'>,
  nowMs: number,
): Promise<RunTimes> {
  const { name, createdAt: since } = schedule;
  let lastRun: RunRecord | undefined;
  try {
    [lastRun] = await runs.list({ schedule: name, since, limit: 1 });
  } catch (error) {
    return { nextRunAt: await nextRunOf(schedule, undefined, nowMs), problem: (error as Error).name };
  }
  return { nextRunAt: await nextRunOf(schedule, lastRun, nowMs), lastRun: lastRun ?? null };
}

/** Schedules of a list for which the last run is read at the same time. */
const PARALLEL_READS = 10;

/** Computes the next run of each schedule of a list, in ISO 8601; undefined if there is none. */
export async function nextRunsOf(
  schedules: readonly TargetSchedule[],
  kit: Pick<Seedkit, 'runs'>,
  nowMs: number,
): Promise<(string | undefined)[]> {
  const next: (string | undefined)[] = [];
  for (let at = 0; at < schedules.length; at += PARALLEL_READS) {
    const batch = schedules.slice(at, at + PARALLEL_READS).map(async (schedule) => {
      // Only the times of a rate without a start depend on its last run.
      const isCounted = schedule.expression.startsWith('rate(') && schedule.startAt === undefined;
      if (!isCounted || schedule.state === 'paused') return nextRunOf(schedule, undefined, nowMs);
      return (await runTimesOf(schedule, kit, nowMs)).nextRunAt;
    });
    next.push(...(await Promise.all(batch)));
  }
  return next;
}

/** Describes the next run of a schedule in a list: for people when it is due, for programs its time. */
export function describeNext(
  { state }: TargetSchedule,
  nextRunAt: string | undefined,
  { nowMs, isForPeople }: { readonly nowMs: number; readonly isForPeople: boolean },
): string {
  if (nextRunAt === undefined) return state === 'paused' ? 'paused' : 'none';
  return isForPeople ? `in ${shortTime(Date.parse(nextRunAt) - nowMs)}` : nextRunAt;
}

/**
 * Returns the time of the next run in ISO 8601; undefined if there is none. The times of a `rate(...)` without a start
 * are counted from its last run, or else from its last change.
 */
async function nextRunOf(
  { state, expression, timeZone: timezone, startAt, endAt, changedAt, createdAt }: TargetSchedule,
  lastRun: RunRecord | undefined,
  nowMs: number,
): Promise<string | undefined> {
  if (state === 'paused') return undefined;
  const { nextTime } = await import('../../../lib/local/scheduler/schedule-times.js');
  const changedAtMs = msOf(changedAt ?? createdAt) ?? nowMs;
  const dueAtMs = lastRun === undefined ? undefined : dueTimeOfRunId(lastRun.runId);
  const times = {
    ...{ expression, timezone, startMs: msOf(startAt), endMs: msOf(endAt) },
    modifiedAtMs: Math.max(changedAtMs, dueAtMs ?? changedAtMs),
  };
  const nextMs = nextTime(times, nowMs);
  return nextMs === undefined ? undefined : new Date(nextMs).toISOString();
}

function msOf(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}

/**
 * Describes the next and the last run, each in the time zone of the schedule and in that of this machine.
 * @param localZone time zone of this machine
 * @returns names and texts
 */
export function describeRunTimes(
  schedule: TargetSchedule,
  { nextRunAt, lastRun, problem }: RunTimes,
  nowMs: number,
  localZone: string = zoneOfMachine(),
): (readonly [name: string, text: string])[] {
  const clocks = (time: string) => describeClocks(time, [schedule.timeZone, localZone]);
  return [nextRunRow(schedule, nextRunAt, nowMs, clocks), ...lastRunRows(lastRun, problem, nowMs, clocks)];
}

/** Describes the next run of a schedule that was just added, and so has no last one. */
export async function firstRunRow(
  schedule: TargetSchedule,
  nowMs: number,
): Promise<readonly [name: string, text: string]> {
  const { state, expression, startAt } = schedule;
  // The first run of a rate without a start is due when the schedule is added.
  if (state === 'active' && expression.startsWith('rate(') && startAt === undefined)
    return ['next run', 'at once'];
  const clocks = (time: string) => describeClocks(time, [schedule.timeZone, zoneOfMachine()]);
  return nextRunRow(schedule, await nextRunOf(schedule, undefined, nowMs), nowMs, clocks);
}

function zoneOfMachine(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function nextRunRow(
  { state }: TargetSchedule,
  nextRunAt: string | undefined,
  nowMs: number,
  clocks: (time: string) => string,
): readonly [name: string, text: string] {
  const none = state === 'paused' ? 'none: the schedule is paused' : 'none';
  const next =
    nextRunAt === undefined ? none : `in ${shortTime(Date.parse(nextRunAt) - nowMs)}: ${clocks(nextRunAt)}`;
  return ['next run', next];
}

function lastRunRows(
  lastRun: RunTimes['lastRun'],
  problem: string | undefined,
  nowMs: number,
  clocks: (time: string) => string,
): (readonly [name: string, text: string])[] {
  if (lastRun === undefined) return [['last run', `cannot be read: ${problem}`]];
  if (lastRun === null) return [['last run', 'none yet']];
  const { runId, status, failure, queuedAt } = lastRun;
  const end = failure === undefined ? status : `${status} ${failure.code}`;
  const age = shortTime(nowMs - Date.parse(queuedAt));
  return [
    ['last run', `${end}, ${age} ago: ${clocks(queuedAt)}`],
    ['its id', runId],
  ];
}

/** Returns what the clocks of time zones show, each zone once. */
function describeClocks(time: string, zones: readonly string[]): string {
  return [...new Set(zones)].map((zone) => `${clockOf(time, zone)} ${zone}`).join(', ');
}

/** Returns what the clocks of a time zone show, as `2026-12-31 23:00:00`. */
function clockOf(time: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return format.format(new Date(time));
}
