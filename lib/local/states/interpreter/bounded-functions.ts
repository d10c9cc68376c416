import { WEIGHT_MAX } from './value-weight.js';

/**
 * Replaces JSONata's `$pad`, which would build the whole text before its size can be checked. Checks the size first.
 */
export function boundedPad(text: unknown, width: unknown, filler?: unknown): unknown {
  if (typeof text !== 'string' || typeof width !== 'number') return undefined;
  const missing = Math.abs(width) - Array.from(text).length;
  if (missing > WEIGHT_MAX) throw new RangeError('Expression evaluation memory limit exceeded');
  if (!(missing > 0)) return text;
  const characters = Array.from(typeof filler === 'string' && filler !== '' ? filler : ' ');
  const padding = Array.from({ length: missing }, (_, index) => characters[index % characters.length]).join(
    '',
  );
  return width > 0 ? text + padding : padding + text;
}

/**
 * Replaces JSONata's `$distinct`, which compares each item with every other one. This function takes linear time.
 */
export function quickDistinct(items: unknown): unknown {
  if (!Array.isArray(items) || items.length <= 1) return items;
  const first = new Map<string, unknown>();
  for (const item of items as unknown[]) {
    const key = keyOf(item);
    if (!first.has(key)) first.set(key, item);
  }
  const distinct = [...first.values()];
  // If `items` is a JSONata sequence, the result must be one, too. JSONata turns a sequence of one item into that
  // item, but an array of one item stays an array.
  if ('sequence' in items) Object.defineProperty(distinct, 'sequence', { value: true });
  return distinct;
}

/** Returns the same key for equal values, independent of the order of members. */
function keyOf(value: unknown): string {
  return (
    JSON.stringify(value, (_, member: unknown) =>
      typeof member === 'object' && member !== null && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
        : member,
    ) ?? typeof value
  );
}
