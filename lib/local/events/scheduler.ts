import type { PlaceContext } from '../place-context.js';
import { whenListening } from '../when-listening.js';
import type { StoredRule } from './rule-book.js';
import { rateMs } from './schedule-expression.js';

/** Lets the scheduled rules fire. */
export interface Scheduler {
  /** Starts a rule's schedule, or a changed one anew; ends it where the rule has none or is disabled. */
  set(rule: StoredRule): void;
  end(rule: Pick<StoredRule, 'name' | 'busName'>): void;
  close(): Promise<void>;
}

/** A schedule's first event comes one period after the rule was made, or after the place was started. */
export function createScheduler(
  context: PlaceContext,
  fire: (rule: Pick<StoredRule, 'name' | 'busName'>) => Promise<void>,
): Scheduler {
  const schedules = new Map<string, { expression: string; stop: AbortController }>();
  const running = new Set<Promise<void>>();
  const keyOf = ({ busName, name }: Pick<StoredRule, 'name' | 'busName'>) => `${busName}/${name}`;

  const repeat = async (rule: StoredRule, everyMs: number, signal: AbortSignal) => {
    if (!(await whenListening(context, signal))) return;
    for (let dueMs = context.clock.now() + everyMs; ; dueMs += everyMs) {
      await context.clock.sleep(Math.max(0, dueMs - context.clock.now()), signal);
      await fire(rule).catch((error: unknown) => {
        context.reportProblem(`The schedule of rule ${rule.name} could not fire`, error);
      });
      // A laptop that slept owes one event, not all that it missed.
      const missed = Math.floor((context.clock.now() - dueMs) / everyMs);
      dueMs += Math.max(0, missed) * everyMs;
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
      const work = repeat(rule, rateMs(expression), stop.signal)
        .catch((error: unknown) => {
          if (!stop.signal.aborted) context.reportProblem(`The schedule of rule ${rule.name} ended`, error);
        })
        .finally(() => running.delete(work));
      running.add(work);
    },
    close: async () => {
      for (const { stop } of schedules.values()) stop.abort(new Error('The local place was stopped.'));
      await Promise.all(running);
    },
  };
}
