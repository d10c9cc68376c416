import { z } from 'zod';

/**
 * The roles, projects, fleets, secrets, images and modes that a request may use besides the seedkit's own. An entry is
 * a whole name, or ends in `*` and allows every name that starts with the part before the `*`.
 */
export const allowListSchema = z.strictObject({
  roles: z.array(z.string()).default([]),
  projects: z.array(z.string()).default([]),
  fleets: z.array(z.string()).default([]),
  /** ARNs of Secrets Manager secrets and Parameter Store parameters. */
  secrets: z.array(z.string()).default([]),
  images: z.array(z.string()).default([]),
  privileged: z.boolean().default(false),
  /** Whether a request may ask for a debug session, in which a shell acts with the build's rights. */
  debugSessions: z.boolean().default(false),
});
export type AllowList = z.infer<typeof allowListSchema>;

/** Returns whether a list allows a name. */
export function isAllowed(list: readonly string[], name: string): boolean {
  return list.some((entry) => (entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry));
}
