import { AwsError } from '../wire/aws-error.js';
import { DEFAULT_BUS, type RuleBook, type StoredRule } from './rule-book.js';
import { parseSchedule } from './schedule-expression.js';
import type { Scheduler } from './scheduler.js';
import type { Target } from './target.js';
import { invalid } from './members.js';

/** Maximum number of targets of a rule. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const TARGETS_MAX = 5;

/** Creates, changes and deletes rules and their schedules, for the API and for templates. */
export type RuleKeeper = ReturnType<typeof createRuleKeeper>;

export function createRuleKeeper(book: RuleBook, scheduler: Scheduler) {
  const change = (busName: string, name: string, changed: (known: StoredRule | undefined) => StoredRule) =>
    book.change(busName, async () => {
      const rule = changed(book.findRule(busName, name));
      checkTargets(rule);
      await book.putRule(rule);
      scheduler.set(rule);
    });
  const update = (busName: string, name: string, changed: (known: StoredRule) => Partial<StoredRule>) =>
    change(busName, name, () => {
      const known = book.rule(busName, name);
      return { ...known, ...changed(known) };
    });
  return {
    /**
     * Creates or changes a rule.
     * @param rule returns the rule as it is after the change
     * @throws AwsError `ValidationException`, `InvalidEventPatternException`, `LimitExceededException`,
     * `ResourceNotFoundException`
     */
    put: (busName: string, name: string, rule: (known: StoredRule | undefined) => StoredRule) =>
      change(busName, name, (known) => {
        book.bus(busName);
        const changed = rule(known);
        checkTrigger(changed);
        return changed;
      }),
    /**
     * Adds targets, or replaces those with the same id.
     * @throws AwsError `LimitExceededException`, `ResourceNotFoundException`
     */
    putTargets: (busName: string, name: string, targets: readonly Target[]) => {
      const ids = new Set(targets.map(({ Id }) => Id));
      return update(busName, name, (known) => ({
        targets: [...known.targets.filter(({ Id }) => !ids.has(Id)), ...targets],
      }));
    },
    /** Removes targets by id. @throws AwsError `ResourceNotFoundException` */
    removeTargets: (busName: string, name: string, ids: readonly string[]) =>
      update(busName, name, ({ targets }) => ({ targets: targets.filter(({ Id }) => !ids.includes(Id)) })),
    /** @throws AwsError `ResourceNotFoundException` */
    setState: (busName: string, name: string, state: StoredRule['state']) =>
      update(busName, name, () => ({ state })),
    /**
     * Deletes a rule, if it exists.
     * @param check receives the rule, and throws if it must not be deleted
     */
    remove: (busName: string, name: string, check: (rule: StoredRule) => void = () => undefined) =>
      book.change(busName, async () => {
        const rule = book.findRule(busName, name);
        if (rule === undefined) return;
        check(rule);
        await book.removeRule(busName, name);
        scheduler.end(rule);
      }),
  };
}

function checkTargets({ targets }: StoredRule): void {
  if (targets.length <= TARGETS_MAX) return;
  throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
}

function checkTrigger({ eventPattern, scheduleExpression, busName }: Omit<StoredRule, 'targets'>): void {
  if (eventPattern === undefined && scheduleExpression === undefined) {
    throw invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  if (scheduleExpression === undefined) return;
  if (busName !== DEFAULT_BUS) {
    throw invalid('ScheduleExpression is supported only on the default event bus.');
  }
  parseSchedule(scheduleExpression);
}
