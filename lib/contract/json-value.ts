import { JSON_VALUES_MAX } from './limits.js';

/** A part of a value that JSON would lose or change, or that is too large. */
export interface JsonFault {
  readonly kind: 'notJson' | 'tooLarge';
  /** Path of the part, such as `value.items[3].id`. */
  readonly path: string;
  /** What is wrong with the part. For a value that is too large, the limit: `67108864 bytes`. */
  readonly problem: string;
}

/** Maximum nesting depth. A deeper value could exhaust the stack of a process that reads it. */
export const JSON_MAX_DEPTH = 500;

/**
 * Finds the first part of a value that JSON cannot represent unchanged. A property whose value is `undefined` counts as
 * absent. Computes a lower bound of the size without serializing, so that a huge value is refused before its text takes
 * memory. Counts values as {@link JSON_VALUES_MAX} does.
 *
 * @param root name of the value itself in paths, such as `args`
 * @param maxBytes largest accepted JSON text
 */
export function findJsonFault(value: unknown, root: string, maxBytes: number): JsonFault | undefined {
  const ancestors = new Set<object>();
  let sizeBytes = 0;
  let values = 0;
  return visit(value, root);

  function visit(part: unknown, path: string): JsonFault | undefined {
    sizeBytes += typeof part === 'string' ? part.length + 2 : 1;
    values += 1;
    if (sizeBytes > maxBytes) return { kind: 'tooLarge', path: root, problem: `${maxBytes} bytes` };
    if (values > JSON_VALUES_MAX) {
      return { kind: 'tooLarge', path: root, problem: `${JSON_VALUES_MAX} values` };
    }
    if (typeof part === 'object' && part !== null) return visitObject(part, path);
    const problem = describeFaultyPrimitive(part);
    return problem === undefined ? undefined : { kind: 'notJson', path, problem };
  }

  function visitObject(part: object, path: string): JsonFault | undefined {
    if (ancestors.has(part))
      return { kind: 'notJson', path, problem: 'refers back to a value that contains it' };
    if (ancestors.size >= JSON_MAX_DEPTH)
      return { kind: 'notJson', path, problem: `is nested over ${JSON_MAX_DEPTH} deep` };
    const problem = describeFaultyObject(part);
    if (problem !== undefined) return { kind: 'notJson', path, problem };
    ancestors.add(part);
    try {
      return Array.isArray(part) ? visitItems(part, path) : visitProperties(part, path);
    } finally {
      ancestors.delete(part);
    }
  }

  function visitItems(items: readonly unknown[], path: string): JsonFault | undefined {
    // Iterates by index, to visit the holes of a sparse array, too.
    for (let index = 0; index < items.length; index += 1) {
      const fault = visit(items[index], `${path}[${index}]`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  function visitProperties(part: object, path: string): JsonFault | undefined {
    for (const [name, property] of Object.entries(part)) {
      if (property === undefined) continue;
      sizeBytes += name.length + 3;
      values += 1;
      const fault = visit(
        property,
        /^[\w$]+$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`,
      );
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
}

function describeFaultyPrimitive(part: unknown): string | undefined {
  switch (typeof part) {
    case 'string':
    case 'boolean':
    case 'object':
      return undefined;
    case 'number':
      return Number.isFinite(part) ? undefined : `is ${part}, which JSON cannot represent`;
    case 'bigint':
      return 'is a BigInt; pass it as a string';
    case 'undefined':
      return 'is undefined; use null';
    default:
      return `is a ${typeof part}`;
  }
}

function describeFaultyObject(part: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(part);
  if (Array.isArray(part) || prototype === null) return undefined;
  // A plain object of another realm, such as a `node:vm` context, has another Object.prototype.
  const isPlain = Object.getPrototypeOf(prototype) === null;
  if (isPlain && typeof (part as { toJSON?: unknown }).toJSON !== 'function') return undefined;
  if (Object.prototype.toString.call(part) === '[object Date]') return 'is a Date; pass date.toISOString()';
  return `is a ${part.constructor.name || 'class instance'}, which would arrive as a plain object; pass plain data`;
}
