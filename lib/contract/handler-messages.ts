/**
 * What the state machine hands each handler and gets back. Every output is small and complete: a field that
 * may be missing is `null`, because an undefined JSONata value ends an execution with no catch.
 */
import { z } from 'zod';

import { parseWith } from './parse.js';
import { RUN_STATUSES, TERMINAL_STATUSES } from './run-record.js';

/** JSON of an AWS API's own shape that a state passes on unread. */
const passedOn = z.record(z.string(), z.unknown());

/** DynamoDB UpdateItem, attribute values marshalled; the machine adds the table and key. */
export const marshalledTransitionSchema = z.object({
  UpdateExpression: z.string(),
  ConditionExpression: z.string(),
  ExpressionAttributeNames: z.record(z.string(), z.string()),
  ExpressionAttributeValues: passedOn,
});
export type MarshalledTransition = z.infer<typeof marshalledTransitionSchema>;

/** PrepareRun: the execution's own facts and its input as it came. */
export const prepareRunInputSchema = z.object({
  executionName: z.string(),
  executionArn: z.string(),
  /** ISO 8601, when the execution started: the run's `queuedAt`. */
  executionStartedAt: z.string(),
  request: z.unknown(),
});
export type PrepareRunInput = z.infer<typeof prepareRunInputSchema>;

export const preparedRunSchema = z.object({
  /** The record to put, marshalled. */
  item: passedOn,
  /** Detail of the QUEUED event. */
  event: passedOn,
  /** CodeBuild StartBuild, without the token and queue timeout that `start-build` adds. */
  startBuild: passedOn,
  /** ISO 8601: until when the run may wait for its build to start. */
  queueDeadline: z.string(),
});
export type PreparedRun = z.infer<typeof preparedRunSchema>;

/** StartBuild. Throws `CapacityUnavailable` when it should be asked again after a while. */
export const startBuildInputSchema = z.object({
  runId: z.string(),
  startBuild: passedOn,
  queueDeadline: z.string(),
});
export type StartBuildInput = z.infer<typeof startBuildInputSchema>;

export const startedBuildSchema = z.object({
  buildId: z.string(),
  /** ISO 8601. */
  buildStartedAt: z.string(),
  /** Brings the record to BUILDING. */
  transition: marshalledTransitionSchema,
  /** Detail of the BUILDING event. */
  event: passedOn,
});
export type StartedBuild = z.infer<typeof startedBuildSchema>;

export const pollBuildInputSchema = z.object({
  /** For the log alone. */
  runId: z.string().optional(),
  buildId: z.string(),
  buildStartedAt: z.string(),
});
export type PollBuildInput = z.infer<typeof pollBuildInputSchema>;

export const polledBuildSchema = z.object({
  done: z.boolean(),
  /** Whole seconds until the next look. */
  waitSeconds: z.int().positive(),
  buildStatus: z.string(),
  phase: z.string(),
});
export type PolledBuild = z.infer<typeof polledBuildSchema>;

/** CollectOutcome: after the build, or after a step that failed. */
export const collectOutcomeInputSchema = z.object({
  runId: z.string(),
  executionArn: z.string(),
  executionStartedAt: z.string(),
  /** The execution's input as it came; read only when there is no record yet. */
  request: z.unknown(),
  buildId: z.string().nullable(),
  /** The step that failed, when one did. */
  caught: z.object({ state: z.string(), error: z.string(), cause: z.string() }).nullable(),
});
export type CollectOutcomeInput = z.infer<typeof collectOutcomeInputSchema>;

export const collectedOutcomeSchema = z.object({
  status: z.enum(TERMINAL_STATUSES),
  /** The failure code and message of an end that is not SUCCEEDED, else empty. */
  error: z.string(),
  cause: z.string(),
  /** Brings the record to its end. */
  transition: marshalledTransitionSchema,
  /** Detail of the terminal event. */
  event: passedOn,
  /** The execution's output. */
  output: z.object({
    runId: z.string(),
    status: z.enum(RUN_STATUSES),
    outputKey: z.string().nullable(),
    exportedVariables: z.record(z.string(), z.string()),
  }),
});
export type CollectedOutcome = z.infer<typeof collectedOutcomeSchema>;

/** The error names by which handlers steer the machine's catches. */
export const CAPACITY_UNAVAILABLE = 'CapacityUnavailable';

export const parsePrepareRunInput = (value: unknown) =>
  parseWith(prepareRunInputSchema, value, 'PrepareRun input');
export const parseStartBuildInput = (value: unknown) =>
  parseWith(startBuildInputSchema, value, 'StartBuild input');
export const parsePollBuildInput = (value: unknown) =>
  parseWith(pollBuildInputSchema, value, 'PollBuild input');
export const parseCollectOutcomeInput = (value: unknown) =>
  parseWith(collectOutcomeInputSchema, value, 'CollectOutcome input');
