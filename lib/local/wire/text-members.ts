import { z } from 'zod';

/**
 * Schemas of members that requests contain as text: in the Query protocol, and in paths, query strings and headers.
 */

/** Schema of an integer in decimal digits. Add limits with `.pipe(z.number().min(1).max(100))`. */
export const wholeNumberText = z
  .string()
  .regex(/^-?\d{1,15}$/, 'Member must be a whole number')
  .transform(Number);

/** Schema of a list of the Query protocol. Clients send an empty list as empty text. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.preprocess((list) => (list === '' ? [] : list), z.array(item));
}
