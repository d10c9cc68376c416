import { CodeseederError } from '../codeseeder-error.js';
import { cronProblem } from './cron-problem.js';
import { DEFAULT_TIME_ZONE, parseTimeZone, timeOfWallClock } from './time-zone.js';

/** The times of a schedule of EventBridge Scheduler. */
export interface ScheduleExpression {
  readonly kind: 'at' | 'cron' | 'rate';
  /** The text as EventBridge Scheduler takes it. */
  readonly expression: string;
  readonly timeZone: string;
  /** The only time of an `at(...)`, in milliseconds since the epoch. */
  readonly atMs?: number;
}

const FORMS =
  'write at(2026-12-31T23:00:00), rate(15 minutes) or cron(0 2 * * ? *), whose fields are minutes, hours, day of month, month, day of week and year';

/** @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
const EXPRESSION_MAX_CHARACTERS = 256;

/**
 * Checks `at(...)`, `cron(...)` or `rate(...)` and its time zone, as EventBridge Scheduler takes them.
 * @throws CodeseederError `InvalidRequest` that names the expression, what is wrong with it, and the fix
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function parseScheduleExpression(text: string, timeZone = DEFAULT_TIME_ZONE): ScheduleExpression {
  const expression = text.trim();
  const zone = parseTimeZone(timeZone);
  const [, kind, content = ''] = /^(at|cron|rate)\((.*)\)$/.exec(expression) ?? [];
  switch (kind) {
    case 'at':
      return { kind, expression, timeZone: zone, atMs: timeOfAt(content, text, zone) };
    case 'cron':
      refuse(text, cronProblem(content) ?? tooLong(expression));
      return { kind, expression, timeZone: zone };
    case 'rate':
      return { kind, expression: rateOf(content, text), timeZone: zone };
    default:
      throw invalidExpression(text, problemOfForm(expression));
  }
}

function problemOfForm(expression: string): string {
  const isBare = /^[\d*?,/LW#A-Za-z-]+(\s+[\d*?,/LW#A-Za-z-]+){4,5}$/.test(expression);
  if (!isBare) return FORMS;
  return `${cronProblem(expression) ?? `the fields of cron are in parentheses; write cron(${expression})`}`;
}

function tooLong(expression: string): string | undefined {
  return expression.length <= EXPRESSION_MAX_CHARACTERS
    ? undefined
    : `it has ${expression.length} characters, at most ${EXPRESSION_MAX_CHARACTERS} are allowed; split it into several schedules`;
}

/**
 * Returns a `rate(...)` with the unit in the singular for 1 and in the plural for more, which EventBridge requires of
 * its rules. Sources differ about EventBridge Scheduler: its API reference lists both forms for any number, its user
 * guide the plural only.
 * @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 */
function rateOf(content: string, text: string): string {
  const [, number = '', unit = ''] = /^(\d{1,9})\s+(minute|hour|day)s?$/.exec(content) ?? [];
  const count = Number(number);
  if (count > 0) return `rate(${count} ${unit}${count === 1 ? '' : 's'})`;
  throw invalidExpression(
    text,
    'rate(...) takes a whole number from 1 and minutes, hours or days; write such as rate(15 minutes)',
  );
}

/**
 * Returns the time of an `at(...)`. Refuses one that the clocks skip: AWS documents only that a cron expression does
 * not run then.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 */
function timeOfAt(content: string, text: string, timeZone: string): number {
  const wallMs = wallTime(content, text);
  const found = timeOfWallClock(wallMs, timeZone);
  if ('timeMs' in found) return found.timeMs;
  const [earlier, later] = [wallMs - found.skippedMs, wallMs + found.skippedMs].map(
    (ms) => `at(${new Date(ms).toISOString().slice(0, 19)})`,
  );
  throw invalidExpression(
    text,
    `the clocks of ${timeZone} skip this time, so the schedule may never run; write ${earlier} or ${later}`,
  );
}

/** Returns the date and time of an `at(...)`, as if it were in UTC. */
function wallTime(content: string, text: string): number {
  const isForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(content);
  const wallMs = isForm ? Date.parse(`${content}Z`) : Number.NaN;
  if (!Number.isNaN(wallMs) && new Date(wallMs).toISOString().startsWith(content)) return wallMs;
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(content)
    ? ' without an offset, because the time zone is an option of its own,'
    : '';
  throw invalidExpression(
    text,
    `at(...) takes a date and a time that exist,${zoned} as yyyy-mm-ddThh:mm:ss; write such as at(2026-12-31T23:00:00)`,
  );
}

function refuse(text: string, problem: string | undefined): void {
  if (problem !== undefined) throw invalidExpression(text, problem);
}

function invalidExpression(text: string, problem: string): CodeseederError {
  return new CodeseederError(
    'InvalidRequest',
    `The schedule expression ${JSON.stringify(text)} is not valid: ${problem}.`,
  );
}
