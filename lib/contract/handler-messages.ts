/**
 * Inputs and outputs of the handlers that the state machine calls. A field without a value is `null`, not absent: an
 * undefined JSONata value ends an execution, and no `Catch` applies.
 */
import { z } from 'zod';

import { contentDigestSchema } from './content-digest.js';
import { lockNameSchema, wantedLockSchema } from './lock.js';
import { parseWith } from './parse.js';
import { RUN_STATUSES, TERMINAL_STATUSES } from './run-record.js';

/** JSON in the form that an AWS API expects. The state machine passes it to the API unchanged. */
const passedOn = z.record(z.string(), z.unknown());

/** Parameters of DynamoDB UpdateItem with marshalled values. The state machine adds the table and the key. */
export const marshalledTransitionSchema = z.object({
  UpdateExpression: z.string(),
  ConditionExpression: z.string(),
  ExpressionAttributeNames: z.record(z.string(), z.string()),
  ExpressionAttributeValues: passedOn,
});
export type MarshalledTransition = z.infer<typeof marshalledTransitionSchema>;

/** Input of PrepareRun: properties of the execution, and its unchecked input. */
export const prepareRunInputSchema = z.object({
  executionName: z.string(),
  executionArn: z.string(),
  /** Start of the execution in ISO 8601: the run's `queuedAt`. */
  executionStartedAt: z.string(),
  request: z.unknown(),
});
export type PrepareRunInput = z.infer<typeof prepareRunInputSchema>;

/** Output of PrepareRun. */
export const preparedRunSchema = z.object({
  /** The record to store, marshalled. */
  item: passedOn,
  /** Detail of the QUEUED event. */
  event: passedOn,
  /** Parameters of StartBuild in CodeBuild, without the token and the queue timeout that `start-build` adds. */
  startBuild: passedOn,
  /** ISO 8601. The run times out when its build has not started by then. */
  queueDeadline: z.string(),
  /** The lock that the run needs before its build starts; null for none. */
  lock: wantedLockSchema.nullable().optional(),
});
export type PreparedRun = z.infer<typeof preparedRunSchema>;

/**
 * Input of StartBuild. The handler throws {@link CAPACITY_UNAVAILABLE} when the call should be repeated later, and
 * `LockAwaited` when the call should be repeated after the run has got its lock.
 */
export const startBuildInputSchema = z.object({
  runId: z.string(),
  startBuild: passedOn,
  queueDeadline: z.string(),
  lock: wantedLockSchema.nullable().optional(),
});
export type StartBuildInput = z.infer<typeof startBuildInputSchema>;

/** Output of StartBuild. */
export const startedBuildSchema = z.object({
  buildId: z.string(),
  /** Time in ISO 8601. */
  buildStartedAt: z.string(),
  /** Changes the record to BUILDING. */
  transition: marshalledTransitionSchema,
  /** Detail of the BUILDING event. */
  event: passedOn,
});
export type StartedBuild = z.infer<typeof startedBuildSchema>;

/** Input of WaitForLock, whose handler is `await-lock`. */
export const awaitLockInputSchema = z.object({
  runId: z.string(),
  /** Name of the lock. */
  lock: lockNameSchema,
  /** The token that ends the machine's wait when it is returned. */
  taskToken: z.string(),
});
export type AwaitLockInput = z.infer<typeof awaitLockInputSchema>;

/** Input of WaitForBuild, whose handler is `poll-build`. */
export const pollBuildInputSchema = z.object({
  runId: z.string(),
  buildId: z.string(),
  /** Time in ISO 8601. */
  buildStartedAt: z.string(),
  /** The token that ends the machine's wait when it is returned. */
  taskToken: z.string(),
});
export type PollBuildInput = z.infer<typeof pollBuildInputSchema>;

/** Input of CollectOutcome, which runs after the build or after a state that failed. */
export const collectOutcomeInputSchema = z.object({
  runId: z.string(),
  executionArn: z.string(),
  executionStartedAt: z.string(),
  /** The unchecked input of the execution; read only when the run has no record. */
  request: z.unknown(),
  buildId: z.string().nullable(),
  /** The state that failed; null when none did. */
  caught: z.object({ state: z.string(), error: z.string(), cause: z.string() }).nullable(),
});
export type CollectOutcomeInput = z.infer<typeof collectOutcomeInputSchema>;

/** Output of CollectOutcome. The handler throws {@link BUILD_NOT_ENDED} when CodeBuild has not ended the build. */
export const collectedOutcomeSchema = z.object({
  status: z.enum(TERMINAL_STATUSES),
  /** The failure code; empty for SUCCEEDED. */
  error: z.string(),
  /** The failure's message; empty for SUCCEEDED. */
  cause: z.string(),
  /** Changes the record to its terminal status. */
  transition: marshalledTransitionSchema,
  /** Detail of the terminal event. */
  event: passedOn,
  /** The execution's output. */
  output: z.object({
    runId: z.string(),
    status: z.enum(RUN_STATUSES),
    outputKey: z.string().nullable(),
    /** Digest of `result.json`. */
    result: contentDigestSchema.nullable().default(null),
    exportedVariables: z.record(z.string(), z.string()),
  }),
});
export type CollectedOutcome = z.infer<typeof collectedOutcomeSchema>;

/** Name of the error of CollectOutcome that the state machine catches to wait again for the end of the build. */
export const BUILD_NOT_ENDED = 'BuildNotEnded';

/** Name of the error that the state machine catches to wait and call StartBuild again. */
export const CAPACITY_UNAVAILABLE = 'CapacityUnavailable';

/** Parses the input of PrepareRun. @throws CodeseederError `InvalidRequest` */
export const parsePrepareRunInput = (value: unknown) =>
  parseWith(prepareRunInputSchema, value, 'PrepareRun input');
/** Parses the input of StartBuild. @throws CodeseederError `InvalidRequest` */
export const parseStartBuildInput = (value: unknown) =>
  parseWith(startBuildInputSchema, value, 'StartBuild input');
/** Parses the input of WaitForLock. @throws CodeseederError `InvalidRequest` */
export const parseAwaitLockInput = (value: unknown) =>
  parseWith(awaitLockInputSchema, value, 'WaitForLock input');
/** Parses the input of WaitForBuild. @throws CodeseederError `InvalidRequest` */
export const parsePollBuildInput = (value: unknown) =>
  parseWith(pollBuildInputSchema, value, 'WaitForBuild input');
/** Parses the input of CollectOutcome. @throws CodeseederError `InvalidRequest` */
export const parseCollectOutcomeInput = (value: unknown) =>
  parseWith(collectOutcomeInputSchema, value, 'CollectOutcome input');
