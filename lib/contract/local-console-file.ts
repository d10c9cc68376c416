import { z } from 'zod';

const localConsoleSchema = z.object({
  /** Port on which the console listened last. */
  port: z.int().min(1).max(65_535),
  /** Process of the local AWS that serves it; null if none does. */
  pid: z.int().nullable(),
});

/** The place of a local AWS's console, as a file of the data folder has it. */
export type LocalConsole = z.infer<typeof localConsoleSchema>;

/** Parses the place of a console. @returns undefined if the value is none */
export function parseLocalConsole(value: unknown): LocalConsole | undefined {
  return localConsoleSchema.safeParse(value).data;
}
