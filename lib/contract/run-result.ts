import { z } from 'zod';

import { checkJsonText, outlineJson } from './json-outline.js';
import { parseJson, parseWith } from './parse.js';

/** Lines of the user's source code around the place where an error was thrown. */
export interface SourceExcerpt {
  /** Path of the file, as in the stack. */
  readonly file: string;
  /** Line where the error was thrown, counted from 1. */
  readonly line: number;
  /** Column in this line, counted from 1. Absent for Python, which does not report it. */
  readonly column?: number | undefined;
  /** Number of the first of the lines. */
  readonly firstLine: number;
  /** Up to five lines, each of up to 200 characters. */
  readonly lines: readonly string[];
}

/** An error that was thrown inside the build. */
export interface RemoteErrorDetail {
  /** Name of the error's class. */
  readonly name: string;
  /** Message of the error. */
  readonly message: string;
  /** Stack, in the form that the error's language prints. */
  readonly stack?: string | undefined;
  /** Source code around the innermost frame that is in the user's own code. */
  readonly source?: SourceExcerpt | undefined;
  /** Set when the runner itself found the fault, such as `ResultNotJson`. */
  readonly code?: string | undefined;
  /** The error that caused this one. */
  readonly cause?: RemoteErrorDetail | undefined;
}

const sourceExcerptSchema = z.object({
  file: z.string(),
  line: z.int(),
  column: z.int().optional(),
  firstLine: z.int(),
  lines: z.array(z.string()),
});

/** Schema of {@link RemoteErrorDetail}. */
export const remoteErrorDetailSchema: z.ZodType<RemoteErrorDetail> = z.lazy(() =>
  z.object({
    name: z.string(),
    message: z.string(),
    stack: z.string().optional(),
    source: sourceExcerptSchema.optional(),
    code: z.string().optional(),
    cause: remoteErrorDetailSchema.optional(),
  }),
);

/**
 * The content of `result.json`, which the runner writes. The result of a function that returns `undefined` has no
 * value.
 */
export const runResultSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown().optional() }),
  z.object({ ok: z.literal(false), error: remoteErrorDetailSchema }),
]);
export type RunResult = z.infer<typeof runResultSchema>;

/** Parses the content of `result.json`. @throws CodeseederError `InvalidRequest` */
export function parseRunResult(value: unknown): RunResult {
  return parseWith(runResultSchema, value, 'result');
}

/**
 * Parses the JSON text of a result.
 * @param subject names the text in errors
 * @throws CodeseederError `InvalidRequest`
 */
export function parseResultText(bytes: Uint8Array, subject: string): RunResult {
  checkJsonText(bytes, subject);
  return parseRunResult(parseJson(Buffer.from(bytes).toString('utf8'), subject));
}

/**
 * Reads whether the JSON text of a result has a value or an error. Checks the value without parsing it.
 * @param subject names the text in errors
 * @returns the result, whose value is undefined
 * @throws CodeseederError `InvalidRequest`
 */
export function parseResultHead(bytes: Uint8Array, subject: string): RunResult {
  const { value, texts } = outlineJson(bytes, { subject, unread: ['value'] });
  const result = parseRunResult(value);
  return result.ok && texts.size > 0 ? { ok: true, value: undefined } : result;
}
