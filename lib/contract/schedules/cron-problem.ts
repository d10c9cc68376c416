/** A field of a cron expression of EventBridge. */
interface CronField {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** Names of the values, starting with that of `first`. */
  readonly names?: readonly string[];
  /** Values that this field accepts in addition to numbers, ranges, lists and steps, such as `L`. */
  readonly special?: RegExp;
  readonly isDay?: boolean;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * The fields in their order.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
const FIELDS: readonly CronField[] = [
  { name: 'minutes', first: 0, last: 59 },
  { name: 'hours', first: 0, last: 23 },
  {
    name: 'day of month',
    first: 1,
    last: 31,
    special: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/i,
    isDay: true,
  },
  { name: 'month', first: 1, last: 12, names: MONTHS },
  {
    name: 'day of week',
    first: 1,
    last: 7,
    names: WEEKDAYS,
    special: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/i,
    isDay: true,
  },
  { name: 'year', first: 1970, last: 2199 },
];

const ORDER = FIELDS.map(({ name }) => name).join(', ');

/**
 * Returns why the fields of a `cron(...)` are not valid, and the fix; undefined if they are.
 * @param text the text inside the parentheses
 */
export function cronProblem(text: string): string | undefined {
  const values = text.trim().split(/\s+/);
  if (values.length !== FIELDS.length) {
    const count = text.trim() === '' ? 0 : values.length;
    const fix = unixFix(values) ?? 'cron(0 2 * * ? *)';
    return `it has ${count} fields, but cron(...) has 6: ${ORDER}; write such as ${fix}`;
  }
  const wrong = FIELDS.find((field, index) => !isValidField(values[index] ?? '', field));
  if (wrong !== undefined) {
    const { name, first, last } = wrong;
    const value = values[FIELDS.indexOf(wrong)];
    return `the field ${name} is ${JSON.stringify(value)}; it takes numbers from ${first} to ${last}${describeNames(wrong)}, ranges such as ${first}-${first + 1}, lists and *`;
  }
  const days = FIELDS.flatMap(({ isDay = false }, index) => (isDay ? [values[index]] : []));
  const open = days.filter((value) => value === '?').length;
  if (open === 1) return undefined;
  return `exactly one of day of month and day of week must be ?, but they are ${days.join(' and ')}; write such as cron(0 2 * * ? *) or cron(0 2 ? * MON-FRI *)`;
}

/** Returns the expression that a Unix cron line of five fields means, if its days are simple. */
function unixFix(values: readonly string[]): string | undefined {
  if (values.length !== 5) return undefined;
  const [minutes = '', hours = '', day = '', month = '', weekday = ''] = values;
  if (weekday === '*') return `cron(${minutes} ${hours} ${day} ${month} ? *)`;
  if (day !== '*' || !/[A-Za-z]/.test(weekday)) return undefined;
  return `cron(${minutes} ${hours} ? ${month} ${weekday} *)`;
}

function describeNames({ names }: CronField): string {
  return names === undefined ? '' : ` or ${names[0]} to ${names.at(-1)}`;
}

function isValidField(text: string, field: CronField): boolean {
  return text.split(',').every((item) => isValidItem(item, field));
}

function isValidItem(item: string, field: CronField): boolean {
  if (field.special?.test(item) === true) return true;
  const [, range = '', step] = /^([^/]+)(?:\/(\d{1,4}))?$/.exec(item) ?? [];
  if (step !== undefined && (Number(step) < 1 || field.names === WEEKDAYS)) return false;
  return range === '*' || isValidRange(range.split('-'), field);
}

/** @param ends one number, or the first and the last of a range */
function isValidRange(ends: readonly string[], field: CronField): boolean {
  const numbers = ends.map((end) => numberOf(end, field));
  const [first, last] = [numbers[0], numbers.at(-1)];
  return ends.length <= 2 && first !== undefined && last !== undefined && first <= last;
}

function numberOf(text: string, { first, last, names = [] }: CronField): number | undefined {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return first + named;
  const number = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return number >= first && number <= last ? number : undefined;
}
