import { z } from 'zod';

/** Schemas for members that requests contain as text: those of the Query protocol, of paths, queries and headers. */

/** A whole number in decimal digits. Constraints follow with `.pipe(z.number().min(1).max(100))`. */
export const wholeNumberText = z
  .string()
  .regex(/^-?\d{1,15}$/, 'Member must be a whole number')
  .transform(Number);

/** A list of the Query protocol, which clients send as an empty text when it has no entries. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.preprocess((list) => (list === '' ? [] : list), z.array(item));
}
