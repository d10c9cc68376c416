import { sleepUntil } from '../clock.js';
import type { PlaceContext } from '../place-context.js';
import { whenListening } from '../when-listening.js';
import type { StoredRule } from './rule-book.js';
import { parseSchedule, type Schedule } from './schedule-expression.js';

type RuleName = Pick<StoredRule, 'name' | 'busName'>;

/** Runs the schedules of rules. */
export type Scheduler = ReturnType<typeof createScheduler>;

/**
 * Maximum time until the clock is read again. Timers do not count the time for which the machine was asleep.
 */
const LONGEST_SLEEP_MS = 300_000;

/**
 * Creates the scheduler. The first event of a `rate(...)` is sent one period after its rule was created, enabled or
 * given this expression, or after the local AWS was started. The events of a `cron(...)` are sent at its times in UTC,
 * if the local AWS is running then.
 */
export function createScheduler(context: PlaceContext, fire: (rule: RuleName) => Promise<void>) {
  const schedules = new Map<string, { expression: string; stop: AbortController }>();
  const running = new Set<Promise<void>>();
  const keyOf = ({ busName, name }: RuleName) => `${busName}/${name}`;

  const repeat = async (rule: StoredRule, schedule: Schedule, signal: AbortSignal) => {
    if (!(await whenListening(context, signal))) return;
    let dueMs = schedule.nextMs(context.clock.now());
    while (dueMs !== undefined) {
      await sleepUntil(context.clock, dueMs, signal, LONGEST_SLEEP_MS);
      await fire(rule).catch((error: unknown) => {
        context.reportProblem(`The schedule of rule ${rule.name} could not send its event`, error);
      });
      // If several times have passed, for example while a laptop was asleep, one event is sent for all of them.
      dueMs = schedule.nextMs(context.clock.now(), dueMs);
    }
  };
  const end = (rule: RuleName) => {
    schedules.get(keyOf(rule))?.stop.abort(new Error('The schedule ended.'));
    schedules.delete(keyOf(rule));
  };
  return {
    end,
    /**
     * Starts the schedule of a rule, or restarts it if its expression has changed. Ends it if the rule is disabled or
     * has no schedule.
     */
    set: (rule: StoredRule): void => {
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
