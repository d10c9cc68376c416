/** Requests and responses of the handler `start-target`. */
import { z } from 'zod';

import { invocationArguments } from '../invocation.js';
import { parseWith } from '../parse.js';
import { runIdSchema } from '../run-id.js';
import { runRecordSchema } from '../run-record.js';

/** A request to read a run of a target. */
export const readTargetRunSchema = z.strictObject({
  read: z.strictObject({
    runId: runIdSchema,
    /** Whether to read lines of the log. */
    log: z.boolean().optional(),
    /** Token of the previous page of the log. */
    logToken: z.string().max(2048).optional(),
    /** Whether to read the result. */
    result: z.boolean().optional(),
  }),
});
export type ReadTargetRun = z.infer<typeof readTargetRunSchema>['read'];

/** Returns whether a message to `start-target` reads a run instead of starting one. */
export function isReadTargetRun(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'read');
}

/** Parses a request to read a run. @throws CodeseederError `InvalidRequest` */
export function parseReadTargetRun(value: unknown): ReadTargetRun {
  return parseWith(readTargetRunSchema, value, 'request to read a run of a target').read;
}

/** A request to start again the version that a run of a target had, with the same or other arguments. */
export const againTargetRunSchema = z.strictObject({
  again: z.strictObject({
    runId: runIdSchema,
    /** Id of the new run. Without it, the run gets the id of the handler's invocation. */
    newRunId: runIdSchema.optional(),
    /** Positional arguments. Without them, the run gets those of the run that it repeats. */
    args: invocationArguments.args.optional(),
    /** Keyword arguments of a Python function. Without them, the run gets those of the run that it repeats. */
    kwargs: invocationArguments.kwargs.optional(),
  }),
});
export type AgainTargetRun = z.infer<typeof againTargetRunSchema>['again'];

/** Returns whether a message to `start-target` starts a run again. */
export function isAgainTargetRun(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'again');
}

/**
 * Parses a request to start a run again.
 * @throws CodeseederError `InvalidRequest`
 */
export function parseAgainTargetRun(value: unknown): AgainTargetRun {
  return parseWith(againTargetRunSchema, value, 'request to start a run of a target again').again;
}

/** A run as `start-target` shows it. */
export const targetRunPageSchema = z.object({
  /** Absent until the run has a record, shortly after its start. */
  record: runRecordSchema.optional(),
  lines: z.array(z.object({ timestampMs: z.number(), message: z.string() })),
  logToken: z.string().optional(),
  /** Whether CloudWatch Logs throttled the request for the lines. */
  isThrottled: z.boolean().optional(),
  /** The text of `result.json`; absent if it was not asked for or has expired. */
  result: z.string().optional(),
});
export type TargetRunPage = z.infer<typeof targetRunPageSchema>;

/** A request that `start-target` refused. */
export const targetRefusalSchema = z.object({
  refused: z.object({ code: z.string(), message: z.string() }),
});
export type TargetRefusal = z.infer<typeof targetRefusalSchema>;

/** A run that `start-target` started. */
export const startedTargetSchema = z.object({ runId: z.string(), executionArn: z.string() });
export type StartedTarget = z.infer<typeof startedTargetSchema>;

/**
 * Largest result that `start-target` returns. A Lambda response has at most 6 MB, in which the result is a string with
 * escapes.
 */
export const TARGET_RESULT_MAX_BYTES = 2 * 1024 ** 2;
