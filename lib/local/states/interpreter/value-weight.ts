import { DATA_MAX_DEPTH } from '../../wire/data-depth.js';

/**
 * Maximum weight of a value in a query. The weight is the number of characters, plus one for each item and member;
 * what occurs several times counts each time. The maximum is several times the size of a state's data, 262,144 bytes.
 */
export const WEIGHT_MAX = 2_000_000;

/**
 * Maximum number of items and members in all values that one evaluation creates, including temporary ones.
 */
const MADE_MAX = 10_000_000;

/**
 * Limits the weight of the values in one evaluation. Remembers the weight of a value, so that a value is measured
 * only once.
 */
export interface Scale {
  /**
   * Returns the weight of a value.
   * @throws RangeError for a weight over {@link WEIGHT_MAX}, for nesting that is too deep, or when the evaluation has
   * created too many items and members
   */
  weigh(value: unknown): number;
}

interface Weighed {
  readonly weight: number;
  readonly depth: number;
}

export function createScale(): Scale {
  const known = new WeakMap<object, Weighed>();
  let made = 0;
  return { weigh: (value) => weigh(value, 0).weight };

  function weigh(value: unknown, level: number): Weighed {
    if (typeof value === 'string') return checked(value.length + 1, 0);
    if (typeof value !== 'object' || value === null) return LEAF;
    const before = known.get(value);
    if (before !== undefined) return before;
    // A JSONata function is not data. It is not measured, because it refers to all variables that were in scope when
    // it was created.
    if ('_jsonata_lambda' in value || '_jsonata_function' in value) return LEAF;
    if (level > DATA_MAX_DEPTH) throw outOfMemory();
    // Set before the parts are measured, so that a value that contains itself does not lead to endless recursion.
    known.set(value, LEAF);
    const weighed = Array.isArray(value) ? weighParts(value, 0, level) : weighObject(value, level);
    known.set(value, weighed);
    return weighed;
  }

  function weighObject(value: object, level: number): Weighed {
    const names = Object.keys(value).reduce((sum, name) => sum + name.length, 0);
    return weighParts(Object.values(value), names, level);
  }

  function weighParts(parts: readonly unknown[], own: number, level: number): Weighed {
    made += parts.length + 1;
    if (made > MADE_MAX) throw outOfMemory();
    let weighed = checked(parts.length + own, 0);
    for (const part of parts) {
      const { weight, depth } = weigh(part, level + 1);
      weighed = checked(weighed.weight + weight, Math.max(weighed.depth, depth + 1));
    }
    return weighed;
  }
}

const LEAF: Weighed = { weight: 1, depth: 0 };

function checked(weight: number, depth: number): Weighed {
  if (weight > WEIGHT_MAX || depth > DATA_MAX_DEPTH) throw outOfMemory();
  return { weight, depth };
}

function outOfMemory(): RangeError {
  return new RangeError('Expression evaluation memory limit exceeded');
}
