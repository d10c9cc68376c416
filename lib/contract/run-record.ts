import { z } from 'zod';

import { bundleReferenceSchema } from './bundle-reference.js';
import { INVOCATION_KINDS } from './invocation.js';
import { parseWith } from './parse.js';
import { remoteErrorDetailSchema } from './run-result.js';
import { TRIGGERS } from './run-request.js';

export const ACTIVE_STATUSES = ['QUEUED', 'BUILDING'] as const;
export const TERMINAL_STATUSES = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELED'] as const;
export const RUN_STATUSES = [...ACTIVE_STATUSES, ...TERMINAL_STATUSES] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];

export function isTerminal(status: RunStatus): status is TerminalStatus {
  return (TERMINAL_STATUSES as readonly RunStatus[]).includes(status);
}

/** Why a run did not succeed. */
export const runFailureSchema = z.object({
  /** A failure code of `FAILURES`. */
  code: z.string(),
  message: z.string(),
  /** The build phase that failed, as CodeBuild names it. */
  phase: z.string().optional(),
  /** What the target threw. */
  remote: remoteErrorDetailSchema.optional(),
});
export type RunFailure = z.infer<typeof runFailureSchema>;

/** ISO 8601 in UTC with milliseconds. */
const timestamp = z.iso.datetime({ precision: 3 });

/** One run, as the table `codeseeder-<seedkit>-runs` keeps it. A terminal status never changes. */
export const runRecordSchema = z.object({
  runId: z.string(),
  status: z.enum(RUN_STATUSES),
  seedkit: z.string(),
  /** As the request has it, so that it can be copied into another request. */
  bundle: bundleReferenceSchema.optional(),
  /** What the run's invocation is; missing when it could not be read. */
  kind: z.enum(INVOCATION_KINDS).optional(),
  /** The target in one line. */
  target: z.string().optional(),
  executionArn: z.string(),
  /** When the attempt to start a build was made whose answer is not known yet. */
  buildRequestedAt: timestamp.optional(),
  /** What CodeBuild last said when it had no room for the run's build; the run is `QUEUED` until it has. */
  queuedReason: z.string().optional(),
  buildId: z.string().optional(),
  /** Last build phase known, as CodeBuild names it. */
  phase: z.string().optional(),
  logGroup: z.string().optional(),
  logStream: z.string().optional(),
  queuedAt: timestamp,
  startedAt: timestamp.optional(),
  finishedAt: timestamp.optional(),
  /** From `queuedAt` to `finishedAt`. */
  durationMs: z.int().nonnegative().optional(),
  /** Folder of the run's output in the bucket. */
  outputKey: z.string().optional(),
  exportedVariables: z.record(z.string(), z.string()).optional(),
  failure: runFailureSchema.optional(),
  /** When the terminal event went out. */
  announcedAt: timestamp.optional(),
  retryOf: z.string().optional(),
  trigger: z.enum(TRIGGERS),
  labels: z.record(z.string(), z.string()).optional(),
  /** `YYYY-MM-DD` of `queuedAt`: partition of the index `byDay`. */
  day: z.string(),
  /** Seconds since the epoch (TTL). Readers filter too, deletion is late. */
  expiresAt: z.int(),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

/** @throws CodeseederError `InvalidRequest` */
export function parseRunRecord(value: unknown): RunRecord {
  return parseWith(runRecordSchema, value, 'run record');
}
