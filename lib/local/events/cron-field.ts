/** Numbers and names that one field of a cron expression may have. */
export interface CronField {
  readonly first: number;
  readonly last: number;
  /** Names of the numbers from `first`, in upper case. */
  readonly names?: readonly string[];
  /** Whether the field may contain steps, such as `0/15`. */
  readonly steps: boolean;
}

/** Fields of a cron expression. Sunday is day 1 of the week, unlike in Unix. */
export const CRON_FIELDS = {
  minute: { first: 0, last: 59, steps: true },
  hour: { first: 0, last: 23, steps: true },
  dayOfMonth: { first: 1, last: 31, steps: true },
  month: {
    first: 1,
    last: 12,
    steps: true,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  dayOfWeek: {
    first: 1,
    last: 7,
    steps: false,
    names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
  },
  year: { first: 1970, last: 2199, steps: true },
} as const satisfies Record<string, CronField>;

/**
 * Returns the numbers of a field in ascending order, such as 0, 15, 30 and 45 for `0/15`; undefined if the text is
 * not valid. The text may contain `*`, numbers, names, ranges and steps, separated by commas.
 */
export function fieldNumbers(text: string, field: CronField): readonly number[] | undefined {
  const numbers = new Set<number>();
  for (const item of text.split(',')) {
    const found = itemNumbers(item, field);
    if (found === undefined) return undefined;
    for (const number of found) numbers.add(number);
  }
  return [...numbers].sort((one, other) => one - other);
}

function itemNumbers(item: string, field: CronField): readonly number[] | undefined {
  const [, range = '', stepText] = /^([^/]+)(?:\/(\d{1,4}))?$/.exec(item) ?? [];
  const step = stepText === undefined ? 1 : Number(stepText);
  if (step < 1 || (stepText !== undefined && !field.steps)) return undefined;
  const [first, last] = ends(range, field, stepText !== undefined);
  if (first === undefined || last === undefined || first > last) return undefined;
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}

/**
 * Returns the first and the last number of a range. A single number with a step starts a range up to the end of the
 * field.
 */
function ends(range: string, field: CronField, stepped: boolean): readonly (number | undefined)[] {
  if (range === '*') return [field.first, field.last];
  const [first = '', last, ...more] = range.split('-');
  if (more.length > 0) return [];
  if (last !== undefined) return [fieldNumber(first, field), fieldNumber(last, field)];
  const number = fieldNumber(first, field);
  return [number, stepped ? field.last : number];
}

/**
 * Returns the number of a field's value, which is a number or a name in upper or lower case; undefined if it is not
 * valid.
 */
export function fieldNumber(text: string, { first, last, names = [] }: CronField): number | undefined {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return first + named;
  if (!/^\d{1,4}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= first && number <= last ? number : undefined;
}
