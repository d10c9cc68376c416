import { AwsError } from '../wire/aws-error.js';

const UNIT_MS: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/**
 * Returns the milliseconds between two events of a `rate(...)`.
 * @throws AwsError `ValidationException`, also for `cron(...)`, which is not supported
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function rateMs(expression: string): number {
  if (expression.startsWith('cron(')) {
    throw new AwsError(
      'ValidationException',
      `The local AWS does not support ${expression}. It supports schedules of the form rate(...), such as rate(5 minutes).`,
    );
  }
  const [, text = '', unit = '', plural = ''] =
    /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs === undefined || (text === '1') !== (plural === '')) {
    throw new AwsError('ValidationException', 'Parameter ScheduleExpression is not valid.');
  }
  return Number(text) * unitMs;
}
