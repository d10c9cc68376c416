import type { Clock } from '../clock.js';
import type { PlaceContext } from '../place-context.js';
import { whenListening } from '../when-listening.js';
import type { StoredRule } from './rule-book.js';
import { parseSchedule, type Schedule } from './schedule-expression.js';

/** Runs the schedules of rules. */
export interface Scheduler {
  /** Starts or restarts the schedule of a rule. A rule that is disabled or has no schedule gets none. */
  set(rule: StoredRule): void;
  end(rule: Pick<StoredRule, 'name' | 'busName'>): void;
  close(): Promise<void>;
}

/**
 * Timers do not count the time that a machine slept, so the clock is read again after this time. It also keeps below the
 * longest timer of Node, 24.8 days.
 */
const LONGEST_SLEEP_MS = 300_000;

/**
 * Creates the scheduler. The first event of a `rate(...)` comes one period after the rule was put, or after the local AWS
 * was started. The events of a `cron(...)` come at its times in UTC, while the local AWS is up.
 */
export function createScheduler(
  context: PlaceContext,
  fire: (rule: Pick<StoredRule, 'name' | 'busName'>) => Promise<void>,
): Scheduler {
  const schedules = new Map<string, { expression: string; stop: AbortController }>();
  const running = new Set<Promise<void>>();
  const keyOf = ({ busName, name }: Pick<StoredRule, 'name' | 'busName'>) => `${busName}/${name}`;

  const repeat = async (rule: StoredRule, schedule: Schedule, signal: AbortSignal) => {
    if (!(await whenListening(context, signal))) return;
    let dueMs = schedule.nextMs(context.clock.now());
    while (dueMs !== undefined) {
      await sleepUntil(context.clock, dueMs, signal);
      await fire(rule).catch((error: unknown) => {
        context.reportProblem(`The schedule of rule ${rule.name} could not send its event`, error);
      });
      // After a laptop slept, one event is sent instead of all that were missed.
      dueMs = schedule.nextMs(context.clock.now(), dueMs);
    }
  };
  const end = (rule: Pick<StoredRule, 'name' | 'busName'>) => {
    schedules.get(keyOf(rule))?.stop.abort(new Error('The schedule ended.'));
    schedules.delete(keyOf(rule));
  };
  return {
    end,
    set: (rule) => {
      const expression = rule.state === 'ENABLED' ? rule.scheduleExpression : undefined;
      if (expression === undefined) return end(rule);
      if (schedules.get(keyOf(rule))?.expression === expression) return;
      end(rule);
      const stop = new AbortController();
      schedules.set(keyOf(rule), { expression, stop });
      const work = repeat(rule, parseSchedule(expression), stop.signal)
        .catch((error: unknown) => {
          if (!stop.signal.aborted) context.reportProblem(`The schedule of rule ${rule.name} ended`, error);
        })
        .finally(() => running.delete(work));
      running.add(work);
    },
    close: async () => {
      for (const { stop } of schedules.values()) stop.abort(new Error('The local AWS was stopped.'));
      await Promise.all(running);
    },
  };
}

async function sleepUntil(clock: Clock, dueMs: number, signal: AbortSignal): Promise<void> {
  do await clock.sleep(Math.min(LONGEST_SLEEP_MS, Math.max(0, dueMs - clock.now())), signal);
  while (clock.now() < dueMs);
}
