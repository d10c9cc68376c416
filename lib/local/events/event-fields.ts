/**
 * The position of a value in the arrays that contain it: the index of the element in each array. Arrays are
 * identified by a number.
 */
export type Membership = ReadonlyMap<number, number>;

export interface FieldValue {
  readonly value: unknown;
  readonly membership: Membership;
}

const NOWHERE: Membership = new Map();

/**
 * Returns the values of an event by path. As in EventBridge, a path joins the names of members by dots and ignores
 * arrays: `{ "a": [{ "b.c": 1 }] }` has the path `a.b.c`. Objects and empty arrays are not values.
 * @param usedNames the names that occur in the pattern's paths; other members are skipped
 */
export function fieldsOf(
  event: unknown,
  usedNames: ReadonlySet<string>,
): ReadonlyMap<string, readonly FieldValue[]> {
  const fields = new Map<string, FieldValue[]>();
  let arrays = 0;
  const visit = (value: unknown, path: string | undefined, membership: Membership): void => {
    if (Array.isArray(value)) {
      const array = arrays++;
      value.forEach((item: unknown, index) => {
        const isNested = typeof item === 'object' && item !== null;
        visit(item, path, isNested ? new Map(membership).set(array, index) : membership);
      });
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        if (!name.split('.').every((part) => usedNames.has(part))) continue;
        visit(member, path === undefined ? name : `${path}.${name}`, membership);
      }
    } else if (path !== undefined) {
      const values = fields.get(path);
      if (values === undefined) fields.set(path, [{ value, membership }]);
      else values.push({ value, membership });
    }
  };
  visit(event, undefined, NOWHERE);
  return fields;
}

/** Merges two memberships. Returns `undefined` if they contain different elements of the same array. */
export function mergeMemberships(soFar: Membership, added: Membership): Membership | undefined {
  let merged: Map<number, number> | undefined;
  for (const [array, index] of added) {
    const known = soFar.get(array);
    if (known === undefined) (merged ??= new Map(soFar)).set(array, index);
    else if (known !== index) return undefined;
  }
  return merged ?? soFar;
}

/** The values at one path, grouped by the array elements that contain them. */
export class PathValues {
  readonly arrays: ReadonlySet<number>;
  private readonly values: readonly FieldValue[];
  private readonly byElement = new Map<string, FieldValue[]>();

  constructor(values: readonly FieldValue[]) {
    this.values = values;
    this.arrays = new Set(values.flatMap(({ membership }) => [...membership.keys()]));
    for (const value of values) {
      for (const array of this.arrays) {
        const key = elementKey(array, value.membership.get(array));
        const group = this.byElement.get(key);
        if (group === undefined) this.byElement.set(key, [value]);
        else group.push(value);
      }
    }
  }

  /**
   * Returns the values that may be in the same elements as `membership`. Compares only one of the arrays, so the
   * caller must still merge the memberships.
   */
  near(membership: Membership): readonly FieldValue[] {
    for (const [array, index] of membership) {
      if (!this.arrays.has(array)) continue;
      const inElement = this.byElement.get(elementKey(array, index)) ?? [];
      const outside = this.byElement.get(elementKey(array, undefined)) ?? [];
      return [...inElement, ...outside];
    }
    return this.values;
  }
}

function elementKey(array: number, index: number | undefined): string {
  return `${array}:${index ?? ''}`;
}
