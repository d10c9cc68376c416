import { z } from 'zod';

const localConsoleSchema = z.object({
  /** Port on which the console listened last. */
  port: z.int().min(1).max(65_535),
  /** Process of the local AWS that serves it; null if none does. */
  pid: z.int().nullable(),
});

/** Where the console of a local AWS listens, as stored in a file of the data folder. */
export type LocalConsole = z.infer<typeof localConsoleSchema>;

/** Parses the content of the file. @returns undefined if it is not valid */
export function parseLocalConsole(value: unknown): LocalConsole | undefined {
  return localConsoleSchema.safeParse(value).data;
}
