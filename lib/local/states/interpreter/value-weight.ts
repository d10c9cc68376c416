/**
 * What one value of a query may weigh: characters, and one for each item and member, counted wherever they stand
 * again. A state's data has at most 262,144 bytes, so this is room for work on it.
 */
export const WEIGHT_MAX = 2_000_000;

/** Items and members of all values that one evaluation makes, most of which it drops again. */
const MADE_MAX = 10_000_000;

/** Weighs the values of one evaluation, each once. */
export interface Scale {
  /** @throws RangeError when a value weighs more than {@link WEIGHT_MAX}, or too many were made */
  weigh(value: unknown): number;
}

export function createScale(): Scale {
  const known = new WeakMap<object, number>();
  let made = 0;
  const count = (parts: number) => {
    made += parts + 1;
    if (made > MADE_MAX) throw outOfMemory();
  };
  return { weigh: (value) => weigh(value, known, count) };
}

function weigh(value: unknown, known: WeakMap<object, number>, count: (parts: number) => void): number {
  if (typeof value === 'string') return checked(value.length + 1);
  if (typeof value !== 'object' || value === null) return 1;
  const before = known.get(value);
  if (before !== undefined) return before;
  // A function, as the language has them, is no data, and refers to what is around it.
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) return 1;
  let weight = 1;
  // Before its parts, so that a value within itself has an end.
  known.set(value, weight);
  if (Array.isArray(value)) {
    checked(value.length);
    count(value.length);
    for (const item of value) weight = checked(weight + weigh(item, known, count));
  } else {
    const members = Object.entries(value);
    count(members.length);
    for (const [name, member] of members) {
      weight = checked(weight + name.length + weigh(member, known, count));
    }
  }
  known.set(value, weight);
  return weight;
}

function checked(weight: number): number {
  if (weight <= WEIGHT_MAX) return weight;
  throw outOfMemory();
}

function outOfMemory(): RangeError {
  return new RangeError('Expression evaluation memory limit exceeded');
}
