import { z } from 'zod';

import { bundleReferenceSchema } from './bundle-reference.js';
import { cacheReportSchema } from './run-cache.js';
import { contentDigestSchema } from './content-digest.js';
import { INVOCATION_KINDS } from './invocation.js';
import { parseWith } from './parse.js';
import { remoteErrorDetailSchema } from './run-result.js';
import { TRIGGERS } from './run-request.js';
import { publishedRunSchema } from './published-run.js';

/** Statuses of a run that has not ended. */
export const ACTIVE_STATUSES = ['QUEUED', 'BUILDING'] as const;
/** Statuses of a run that has ended. They never change. */
export const TERMINAL_STATUSES = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELED'] as const;
/** All statuses of a run. */
export const RUN_STATUSES = [...ACTIVE_STATUSES, ...TERMINAL_STATUSES] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];

/** Returns whether a run with this status has ended. */
export function isTerminal(status: RunStatus): status is TerminalStatus {
  return (TERMINAL_STATUSES as readonly RunStatus[]).includes(status);
}

/** The reason why a run did not succeed. */
export const runFailureSchema = z.object({
  /** A failure code of `FAILURES`. */
  code: z.string(),
  /** Message: what happened, with which value, and what to do. */
  message: z.string(),
  /** The build phase that failed, as CodeBuild names it. */
  phase: z.string().optional(),
  /** The error that the target threw. */
  remote: remoteErrorDetailSchema.optional(),
});
/** Why a run did not succeed. */
export type RunFailure = z.infer<typeof runFailureSchema>;

/** ISO 8601 in UTC with milliseconds. */
const timestamp = z.iso.datetime({ precision: 3 });

/** The record of a run, an item of the table `codeseeder-<seedkit>-runs`. A terminal status never changes. */
export const runRecordSchema = z.object({
  /** Id of the run, which is the name of its execution. */
  runId: z.string(),
  /** Status of the run. */
  status: z.enum(RUN_STATUSES),
  /** Name of the seedkit. */
  seedkit: z.string(),
  /** The bundle of the request, in the same form. */
  bundle: bundleReferenceSchema.optional(),
  /** Kind of the run's invocation; absent when the invocation could not be read. */
  kind: z.enum(INVOCATION_KINDS).optional(),
  /** The target in one line. */
  target: z.string().optional(),
  /** Name that the request gives the run. */
  name: z.string().optional(),
  /** ARN of the Step Functions execution. */
  executionArn: z.string(),
  /** Time at which a build was requested. Removed when it is certain that no build was started. */
  buildRequestedAt: timestamp.optional(),
  /**
   * Why the run is still `QUEUED`: the run that it waits for to get its lock, or CodeBuild's last message that it has
   * no capacity for the build.
   */
  queuedReason: z.string().optional(),
  /** Id of the CodeBuild build. */
  buildId: z.string().optional(),
  /**
   * Last known build phase, as CodeBuild names it. During the build, the starts of `PROVISIONING`, `INSTALL` and
   * `BUILD` are recorded.
   */
  phase: z.string().optional(),
  /**
   * Compute type of the build, such as `BUILD_GENERAL1_SMALL`. Absent for a build on a reserved capacity fleet, which
   * has no price per minute.
   */
  computeType: z.string().optional(),
  /** Environment type of the build, such as `LINUX_CONTAINER`. Absent where `computeType` is absent. */
  environmentType: z.string().optional(),
  /** Log group of the build. */
  logGroup: z.string().optional(),
  /** Log stream of the build. */
  logStream: z.string().optional(),
  /** When the execution started. ISO 8601 in UTC with milliseconds, as all times of the record. */
  queuedAt: timestamp,
  /** When the build started. */
  startedAt: timestamp.optional(),
  /** When the run ended. */
  finishedAt: timestamp.optional(),
  /** Milliseconds from `queuedAt` to `finishedAt`. */
  durationMs: z.int().nonnegative().optional(),
  /** Prefix of the run's output in the bucket. */
  outputKey: z.string().optional(),
  /**
   * SHA-256 and size of `result.json` in the output, as the build wrote it. Absent for commands, which have no result.
   */
  result: contentDigestSchema.optional(),
  /** Variables that the build exported: name to value. */
  exportedVariables: z.record(z.string(), z.string()).optional(),
  /** Why the run did not succeed: see the table of `failure`. */
  failure: runFailureSchema.optional(),
  /** Time at which the event of the run's end was sent. */
  announcedAt: timestamp.optional(),
  /** Id of the run that this run repeats. */
  retryOf: z.string().optional(),
  /** Id of the map that the run belongs to. */
  mapId: z.string().optional(),
  /** Index of the run's input in the map, counted from 0. */
  mapIndex: z.int().nonnegative().optional(),
  /** Name and version of the published target that the run executes; absent for a run that brought its code. */
  published: publishedRunSchema.optional(),
  /** How the run was started. */
  trigger: z.enum(TRIGGERS),
  /** Labels of the run: name to free text. */
  labels: z.record(z.string(), z.string()).optional(),
  /** What the build found in its cache; absent for a build without one. */
  cache: cacheReportSchema.optional(),
  /** `ENABLED` if a shell can be opened in the build while it runs, with `codeseeder runs shell`. */
  debugSession: z.literal('ENABLED').optional(),
  /** Name of the lock that the run holds while it builds. */
  lock: z.string().optional(),
  /** Fencing number of the run: larger than those of all runs that held the lock before. */
  lockToken: z.int().positive().optional(),
  /** `YYYY-MM-DD` of `queuedAt`: partition of the index `byDay`. */
  day: z.string(),
  /** Expiry in seconds since the epoch (TTL). DynamoDB deletes late, therefore readers filter expired records. */
  expiresAt: z.int(),
});
/** The record of a run: what it runs, when it was started, and how it ended. */
export type RunRecord = z.infer<typeof runRecordSchema>;

/** Parses a run record. @throws CodeseederError `InvalidRequest` */
export function parseRunRecord(value: unknown): RunRecord {
  return parseWith(runRecordSchema, value, 'run record');
}
