import { z } from 'zod';

/**
 * What a request may name beyond the seedkit's own. An entry is exact, or ends in `*` and allows what starts so.
 */
export const allowListSchema = z.strictObject({
  roles: z.array(z.string()).default([]),
  projects: z.array(z.string()).default([]),
  fleets: z.array(z.string()).default([]),
  /** Secrets Manager secret and Parameter Store parameter ARNs. */
  secrets: z.array(z.string()).default([]),
  images: z.array(z.string()).default([]),
  privileged: z.boolean().default(false),
});
export type AllowList = z.infer<typeof allowListSchema>;

/** Tells whether a list allows a name. */
export function isAllowed(list: readonly string[], name: string): boolean {
  return list.some((entry) => (entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry));
}
