import { z } from 'zod';

import { CodeseederError } from '../codeseeder-error.js';
import { parseWith } from '../parse.js';
import { scheduledRunId, scheduleNameSchema } from '../scheduled-run.js';
import { describeReference } from '../targets/target-names.js';
import { parseTargetStart, type TargetStart, type targetStartSchema } from '../targets/target-start.js';

/** The message with which a schedule calls `start-target`. */
const scheduledStartSchema = z.strictObject({
  schedule: scheduleNameSchema,
  /** Random text of the schedule. A principal that does not know it cannot predict the ids of future runs. */
  nonce: z.string().min(16).max(64),
  /** Time at which the run was due, in ISO 8601. It is the same in each attempt of EventBridge Scheduler. */
  time: z.iso.datetime('not ISO 8601 in UTC'),
  start: z.unknown(),
});

/** A start of a target at a time of a schedule. */
export interface ScheduledStart {
  readonly schedule: string;
  /** Id of the run, which is the same for each attempt to start it. */
  readonly runId: string;
  readonly start: TargetStart;
}

/** Returns whether a message to `start-target` comes from a schedule. */
export function isScheduledStart(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'schedule');
}

/** Parses the message of a schedule. @throws CodeseederError `InvalidRequest` */
export function parseScheduledStart(value: unknown): ScheduledStart {
  const { schedule, nonce, time, start } = parseWith(scheduledStartSchema, value, 'message of a schedule');
  const subject = `start of a target in the schedule ${schedule}`;
  const parsed = parseTargetStart(start, subject);
  if (parsed.runId !== undefined) {
    throw new CodeseederError(
      'InvalidRequest',
      `The ${subject} is not valid: runId: leave it out, because the id is made of the schedule's name and the time`,
    );
  }
  const runId = scheduledRunId({ schedule, time, id: `${nonce} ${time}` });
  return { schedule, runId, start: parsed };
}

/**
 * Text that EventBridge Scheduler replaces with the time at which a run was due, such as `2026-03-22T18:59:43Z`.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>';

/**
 * Largest input of a schedule, in bytes.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html
 */
export const SCHEDULE_INPUT_MAX_BYTES = 256 * 1024;

/** The target that a schedule starts, with its arguments, as the creator of the schedule passes it. */
export type ScheduledTarget = Pick<
  z.input<typeof targetStartSchema>,
  'target' | 'args' | 'kwargs' | 'name' | 'labels'
>;

/**
 * Returns the input of a schedule's target. EventBridge Scheduler replaces only the time, because every other `<` is
 * escaped.
 * @throws CodeseederError `InvalidRequest` when it is too large
 */
export function scheduleInput(schedule: string, nonce: string, start: ScheduledTarget): string {
  const literal = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c');
  const input = `{"schedule":${literal(schedule)},"nonce":${literal(nonce)},"time":"${SCHEDULED_TIME}","start":${literal(start)}}`;
  const sizeBytes = Buffer.byteLength(input);
  if (sizeBytes <= SCHEDULE_INPUT_MAX_BYTES) return input;
  throw new CodeseederError(
    'InvalidRequest',
    `The schedule ${schedule} has ${sizeBytes} bytes of arguments and labels; EventBridge Scheduler takes at most ${SCHEDULE_INPUT_MAX_BYTES}. Put them into S3 and pass their location.`,
  );
}

/** Parses the target that a schedule starts from the schedule's input; undefined for an input of another form. */
export function scheduledTargetOf(input: string | undefined): ScheduledTarget | undefined {
  try {
    const { start } = z.object({ start: z.unknown() }).parse(JSON.parse(input ?? ''));
    const {
      target,
      runId: _,
      version: __,
      seedkit: ___,
      ...rest
    } = parseTargetStart(start, 'input of a schedule');
    return { ...rest, target: describeReference(target) };
  } catch {
    return undefined;
  }
}
