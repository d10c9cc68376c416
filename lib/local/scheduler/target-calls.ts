import { randomBytes, randomUUID } from 'node:crypto';

import type { PlaceContext } from '../place-context.js';
import type { Functions, Queues } from '../ports.js';
import { openRetryQueue } from '../retry-queue.js';
import { AwsError } from '../wire/aws-error.js';
import { nextTime } from './schedule-times.js';
import type { ScheduleStore } from './schedule-store.js';
import type { ScheduleTarget, StoredSchedule } from './stored-schedule.js';
import type { Timers } from './timers.js';

/** A call of a target at a time of its schedule. */
interface TargetCall {
  readonly group: string;
  readonly name: string;
  readonly target: ScheduleTarget;
  readonly dueMs: number;
  /** Time at which the target is called: the due time plus a random part of the flexible time window. */
  readonly notBeforeMs: number;
  readonly acceptedAtMs: number;
  /** Number of failed attempts. */
  readonly attempts: number;
}

export interface TargetCallsOptions {
  readonly context: PlaceContext;
  readonly store: ScheduleStore;
  readonly functions: Functions;
  readonly queues: Queues;
  /** Timers of the schedules, which use these calls. */
  readonly timers: () => Timers;
}

/** @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html */
const DEFAULT_RETRIES = 185;
const DEFAULT_MAX_AGE_SECONDS = 86_400;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 600_000;

/** Opens the queue of calls of targets, and resumes unfinished ones. */
export async function openTargetCalls(options: TargetCallsOptions) {
  const { context, store, functions } = options;
  const queue = await openRetryQueue<TargetCall>({
    context,
    collection: 'scheduler-calls',
    describe: ({ name }) => `A call of the schedule ${name}`,
    attempt: async (call, closing) => {
      const now = context.clock.now();
      if (call.notBeforeMs > now) return { work: call, waitMs: call.notBeforeMs - now };
      if (call.notBeforeMs > call.dueMs && (await store.find(call))?.state !== 'ENABLED') return undefined;
      const payload = payloadOf(call, store.scheduleArn(call));
      const error = await functions.invokeAsync(call.target.Arn, payload).then(() => undefined, asError);
      if (error !== undefined) {
        closing.throwIfAborted();
        const waitMs = backoffMs(call.attempts);
        if (isRetried(call, error, now + waitMs))
          return { work: { ...call, attempts: call.attempts + 1 }, waitMs };
        await giveUp(call, payload, error, options);
      }
      await complete(call, options);
      return undefined;
    },
  });
  return {
    /** Stores a call of a schedule's target, then records its due time in the schedule. */
    accept: async (schedule: StoredSchedule, dueMs: number): Promise<void> => {
      const { group, name, target, window } = schedule;
      const windowMs = (window.MaximumWindowInMinutes ?? 0) * 60_000;
      const call = {
        group,
        name,
        target,
        dueMs,
        notBeforeMs: dueMs + Math.floor(Math.random() * windowMs),
        acceptedAtMs: context.clock.now(),
        attempts: 0,
      };
      await queue.accept([[randomUUID(), call]]);
      await store.change(group, async () => {
        const current = await store.find(schedule);
        if (current?.modifiedAtMs === schedule.modifiedAtMs)
          await store.put({ ...current, lastDueMs: dueMs });
      });
    },
    close: () => queue.close(),
  };
}

/**
 * Replaces the keywords of an input.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
function payloadOf({ target, dueMs, attempts }: TargetCall, arn: string): string {
  const values: Readonly<Record<string, string>> = {
    'schedule-arn': arn,
    'scheduled-time': `${new Date(dueMs).toISOString().slice(0, 19)}Z`,
    'execution-id': randomBytes(8).toString('hex'),
    'attempt-number': String(attempts + 1),
  };
  return (target.Input ?? '{}').replaceAll(
    /<aws\.scheduler\.([a-z-]+)>/g,
    (keyword, name: string) => values[name] ?? keyword,
  );
}

function isRetried({ target, acceptedAtMs, attempts }: TargetCall, error: Error, nextAtMs: number): boolean {
  const { MaximumRetryAttempts = DEFAULT_RETRIES, MaximumEventAgeInSeconds = DEFAULT_MAX_AGE_SECONDS } =
    target.RetryPolicy ?? {};
  if (error.name === 'ResourceNotFoundException') return false;
  return attempts < MaximumRetryAttempts && nextAtMs - acceptedAtMs <= MaximumEventAgeInSeconds * 1000;
}

async function giveUp(
  { name, target, attempts }: TargetCall,
  payload: string,
  error: Error,
  { context, queues }: TargetCallsOptions,
): Promise<void> {
  context.reportProblem(`The schedule ${name} could not call ${target.Arn}`, error);
  const queue = target.DeadLetterConfig?.Arn;
  if (queue === undefined) return;
  await queues.send(queue, payload, {
    ERROR_CODE: error instanceof AwsError ? error.code : error.name,
    ERROR_MESSAGE: error.message,
    TARGET_ARN: target.Arn,
    RETRY_ATTEMPTS: String(attempts),
  });
}

/** Deletes a schedule after its last call if its `ActionAfterCompletion` is `DELETE`. */
function complete(call: TargetCall, { store, timers }: TargetCallsOptions): Promise<void> {
  return store.change(call.group, async () => {
    const schedule = await store.find(call);
    if (schedule?.completion !== 'DELETE' || schedule.modifiedAtMs > call.acceptedAtMs) return;
    if (nextTime(schedule, call.dueMs) !== undefined) return;
    timers().end(schedule);
    await store.remove(schedule);
  });
}

function backoffMs(attempts: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempts, 20));
  return Math.ceil(longest * (0.5 + Math.random() / 2));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
