/** What JSON would lose, change or not fit, and where. */
export interface JsonFault {
  readonly kind: 'notJson' | 'tooLarge';
  /** Path inside the value, such as `value.items[3].id`. */
  readonly path: string;
  readonly problem: string;
}

/** Deeper values would exhaust the stack of whoever reads them. */
export const JSON_MAX_DEPTH = 500;

/**
 * Finds the first thing in a value that JSON cannot carry as it is. An object's property that is `undefined`
 * counts as absent. The size is a lower bound, known before the text is made, so that a huge value is refused
 * and not built.
 *
 * @param root how the path names the value itself
 * @param maxBytes largest JSON text wanted
 */
export function findJsonFault(value: unknown, root: string, maxBytes: number): JsonFault | undefined {
  const ancestors = new Set<object>();
  let sizeBytes = 0;
  return visit(value, root);

  function visit(part: unknown, path: string): JsonFault | undefined {
    sizeBytes += typeof part === 'string' ? part.length + 2 : 1;
    if (sizeBytes > maxBytes) {
      return { kind: 'tooLarge', path: root, problem: `its JSON text is larger than ${maxBytes} bytes` };
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
    // By index, so that the holes of a sparse array are seen too.
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
      return Number.isFinite(part) ? undefined : `is ${part}, which JSON has no number for`;
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
  // Plain objects of another realm, such as a test's sandbox, have another Object.
  const isPlain = Object.getPrototypeOf(prototype) === null;
  if (isPlain && typeof (part as { toJSON?: unknown }).toJSON !== 'function') return undefined;
  if (Object.prototype.toString.call(part) === '[object Date]') return 'is a Date; pass date.toISOString()';
  return `is a ${part.constructor.name || 'class instance'}, which would arrive as a plain object; pass plain data`;
}
