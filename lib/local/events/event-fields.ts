/** The element of each array of an event in which a value is, by the array's number. */
export type Membership = ReadonlyMap<number, number>;

export interface FieldValue {
  readonly value: unknown;
  readonly membership: Membership;
}

const NOWHERE: Membership = new Map();

/**
 * Returns the values of an event by their path. As in EventBridge, names are joined by dots, and arrays add nothing to
 * a path: `{ "a": [{ "b.c": 1 }] }` has `a.b.c`. Objects and empty arrays are not values.
 * @param usedNames the parts between dots of the paths that are needed; members with other names are skipped
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

/** Returns both memberships as one, or `undefined` if they are in different elements of an array. */
export function mergeMemberships(soFar: Membership, added: Membership): Membership | undefined {
  let merged: Map<number, number> | undefined;
  for (const [array, index] of added) {
    const known = soFar.get(array);
    if (known === undefined) (merged ??= new Map(soFar)).set(array, index);
    else if (known !== index) return undefined;
  }
  return merged ?? soFar;
}

/** The values of one path, grouped by the array elements in which they are. */
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
   * Returns the values that may be in the same elements as `membership`. Compares one array only, so some of them may
   * not be.
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
