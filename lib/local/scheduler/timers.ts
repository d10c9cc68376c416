import { sleepUntil } from '../clock.js';
import type { PlaceContext } from '../place-context.js';
import { whenListening } from '../when-listening.js';
import { keyOf, type ScheduleKey } from './schedule-store.js';
import { nextTime } from './schedule-times.js';
import type { StoredSchedule } from './stored-schedule.js';

/** Waits for the times of schedules. */
export type Timers = ReturnType<typeof createTimers>;

/** Timers do not count the time that a machine slept, so the clock is read again after this time. */
const LONGEST_SLEEP_MS = 300_000;

/**
 * Creates the timers of schedules.
 * @param fire is called at each time of a schedule, and resolves when the call of its target is stored
 */
export function createTimers(
  context: PlaceContext,
  fire: (schedule: StoredSchedule, dueMs: number) => Promise<void>,
) {
  const timers = new Map<string, AbortController>();
  const running = new Set<Promise<void>>();

  const run = async (schedule: StoredSchedule, signal: AbortSignal) => {
    if (!(await whenListening(context, signal))) return;
    let dueMs = firstTime(schedule, context.clock.now());
    while (dueMs !== undefined) {
      await sleepUntil(context.clock, dueMs, signal, LONGEST_SLEEP_MS);
      signal.throwIfAborted();
      await fire(schedule, dueMs).catch((error: unknown) => {
        context.reportProblem(`The schedule ${keyOf(schedule)} could not store a call`, error);
      });
      // After a laptop slept, one call is made instead of all that were missed.
      dueMs = nextTime(schedule, Math.max(dueMs, context.clock.now() - 1));
    }
  };
  const end = (schedule: ScheduleKey) => {
    timers.get(keyOf(schedule))?.abort(new Error('The schedule ended.'));
    timers.delete(keyOf(schedule));
  };
  return {
    /** Ends the timer of a schedule that is deleted. */
    end,
    /** Starts the timer of a schedule and ends its previous one. Starts none for a disabled schedule. */
    set: (schedule: StoredSchedule): void => {
      end(schedule);
      if (schedule.state === 'DISABLED') return;
      const timer = new AbortController();
      timers.set(keyOf(schedule), timer);
      const work = run(schedule, timer.signal)
        .catch((error: unknown) => {
          if (!timer.signal.aborted) context.reportProblem(`The schedule ${keyOf(schedule)} ended`, error);
        })
        .finally(() => running.delete(work));
      running.add(work);
    },
    close: async (): Promise<void> => {
      for (const timer of timers.values()) timer.abort(new Error('The local AWS was stopped.'));
      await Promise.all(running);
    },
  };
}

/**
 * Returns the first time to wait for. Times of a recurring schedule that passed while the local AWS was down are left
 * out; that of an `at(...)` is not.
 */
function firstTime(schedule: StoredSchedule, now: number): number | undefined {
  const { expression, modifiedAtMs, lastDueMs } = schedule;
  if (lastDueMs === undefined) {
    const first = nextTime(schedule, modifiedAtMs - 1);
    if (first === undefined || expression.startsWith('at(') || first >= now) return first;
    // A schedule that was just made, with a first time in this moment.
    if (now - modifiedAtMs < JUST_MADE_MS) return first;
  }
  return nextTime(schedule, Math.max(now - 1, lastDueMs ?? -Infinity));
}

const JUST_MADE_MS = 5_000;
