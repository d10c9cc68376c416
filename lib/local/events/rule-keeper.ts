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
  const save = async (rule: StoredRule) => {
    await book.putRule(rule);
    scheduler.set(rule);
  };
  const setTargets = async (busName: string, name: string, targets: readonly Target[]) => {
    if (targets.length > TARGETS_MAX) {
      throw new AwsError(
        'LimitExceededException',
        'The requested resource exceeds the maximum number allowed.',
      );
    }
    await save({ ...book.rule(busName, name), targets });
  };
  return {
    /** Replaces the targets of a rule. @throws AwsError `LimitExceededException`, `ResourceNotFoundException` */
    setTargets,
    /**
     * Creates or changes a rule.
     * @throws AwsError `ValidationException`, `InvalidEventPatternException`, `ResourceNotFoundException`
     */
    put: async (rule: Omit<StoredRule, 'targets'>) => {
      book.bus(rule.busName);
      checkTrigger(rule);
      await save({ ...rule, targets: book.findRule(rule.busName, rule.name)?.targets ?? [] });
    },
    /**
     * Adds targets, or replaces those with the same id.
     * @throws AwsError `LimitExceededException`, `ResourceNotFoundException`
     */
    putTargets: (busName: string, name: string, targets: readonly Target[]) => {
      const ids = new Set(targets.map(({ Id }) => Id));
      const kept = book.rule(busName, name).targets.filter(({ Id }) => !ids.has(Id));
      return setTargets(busName, name, [...kept, ...targets]);
    },
    setState: (busName: string, name: string, state: StoredRule['state']) =>
      save({ ...book.rule(busName, name), state }),
    remove: async (busName: string, name: string) => {
      scheduler.end({ busName, name });
      await book.removeRule(busName, name);
    },
  };
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
