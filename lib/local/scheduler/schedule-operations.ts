import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { type InputOf, operation } from '../wire/operation.js';
import { page } from '../wire/page.js';
import {
  invalid,
  invalidToken,
  name,
  notRepeated,
  pageMembers,
  scheduleMembers,
  secondsOf,
} from './members.js';
import { isExpression, isTimeZone } from './schedule-times.js';
import { keyOf, type ScheduleStore } from './schedule-store.js';
import type { StoredSchedule } from './stored-schedule.js';
import type { Timers } from './timers.js';
import { z } from 'zod';

type ScheduleInput = InputOf<typeof scheduleMembers>;

const keyMembers = { Name: name, GroupName: name.default('default') };

/** Largest input of a target. @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html */
const INPUT_MAX_BYTES = 256 * 1024;

/** Returns the operations on schedules. */
export function scheduleOperations(context: PlaceContext, store: ScheduleStore, timers: Timers) {
  const save = async (schedule: StoredSchedule) => {
    await store.put(schedule);
    timers.set(schedule);
    return { ScheduleArn: store.scheduleArn(schedule) };
  };
  return {
    CreateSchedule: operation(scheduleMembers, (input) =>
      store.change(input.GroupName, async () => {
        await store.group(input.GroupName);
        const now = context.clock.now();
        const made = { ...checked(input, now), createdAtMs: now, modifiedAtMs: now };
        const found = await store.find(made);
        if (found === undefined) return save(made);
        const isRepeated = found.clientToken !== undefined && found.clientToken === input.ClientToken;
        if (isRepeated) return { ScheduleArn: store.scheduleArn(found) };
        throw new AwsError('ConflictException', `Schedule ${made.name} already exists.`, 409);
      }),
    ),
    UpdateSchedule: operation(scheduleMembers, (input) =>
      store.change(input.GroupName, async () => {
        const now = context.clock.now();
        const { createdAtMs } = await store.schedule({ group: input.GroupName, name: input.Name });
        return save({ ...checked(input, now), createdAtMs, modifiedAtMs: now });
      }),
    ),
    GetSchedule: operation(keyMembers, async ({ GroupName: group, Name }) =>
      describe(await store.schedule({ group, name: Name }), store),
    ),
    DeleteSchedule: operation({ ...keyMembers, ClientToken: notRepeated }, ({ GroupName: group, Name }) =>
      store.change(group, async () => {
        const schedule = await store.schedule({ group, name: Name });
        timers.end(schedule);
        await store.remove(schedule);
      }),
    ),
    ListSchedules: operation(
      {
        ...pageMembers,
        GroupName: name.optional(),
        NamePrefix: name.optional(),
        State: z.enum(['ENABLED', 'DISABLED']).optional(),
      },
      async ({ GroupName, NamePrefix = '', State, MaxResults: limit, NextToken: token }) => {
        if (GroupName !== undefined) await store.group(GroupName);
        const found = (await store.schedules(GroupName)).filter(
          (schedule) =>
            schedule.name.startsWith(NamePrefix) && (State === undefined || schedule.state === State),
        );
        const { items, nextToken } = page(found, keyOf, { token, limit, invalidToken });
        return { Schedules: items.map((schedule) => summary(schedule, store)), NextToken: nextToken };
      },
    ),
  };
}

/** @throws AwsError `ValidationException` */
function checked(input: ScheduleInput, now: number): Omit<StoredSchedule, 'createdAtMs' | 'modifiedAtMs'> {
  checkTimes(input, now);
  checkTarget(input);
  return {
    name: input.Name,
    group: input.GroupName,
    expression: input.ScheduleExpression,
    timezone: input.ScheduleExpressionTimezone,
    state: input.State,
    startMs: millisecondsOf(input.StartDate),
    endMs: millisecondsOf(input.EndDate),
    window: input.FlexibleTimeWindow,
    target: input.Target,
    completion: input.ActionAfterCompletion,
    description: input.Description,
    kmsKeyArn: input.KmsKeyArn,
    clientToken: input.ClientToken,
  };
}

function checkTimes(input: ScheduleInput, now: number): void {
  const { ScheduleExpression: expression, ScheduleExpressionTimezone: timezone, StartDate, EndDate } = input;
  const { Mode, MaximumWindowInMinutes: minutes } = input.FlexibleTimeWindow;
  if (!isExpression(expression)) throw invalid(`Invalid Schedule Expression ${expression}.`);
  if (!isTimeZone(timezone)) throw invalid(`Invalid Schedule Expression Timezone ${timezone}.`);
  if (StartDate !== undefined && EndDate !== undefined && StartDate >= EndDate)
    throw invalid('The StartDate you specify must come before the EndDate.');
  if (EndDate !== undefined && EndDate * 1000 < now)
    throw invalid('The EndDate you specify cannot be in the past.');
  if ((Mode === 'FLEXIBLE') !== (minutes !== undefined))
    throw invalid('MaximumWindowInMinutes must be set for a flexible time window, and only for one.');
}

function checkTarget({ Target: target }: ScheduleInput): void {
  if (!/^arn:[^:]+:lambda:/.test(target.Arn))
    throw invalid(`The local AWS calls functions only, not the target ${target.Arn}.`);
  if (Buffer.byteLength(target.Input ?? '') > INPUT_MAX_BYTES)
    throw invalid(`The Input of the target has more than ${INPUT_MAX_BYTES} bytes.`);
}

function millisecondsOf(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

function describe(schedule: StoredSchedule, store: ScheduleStore) {
  const { Target: _, ...common } = summary(schedule, store);
  return {
    ...common,
    ActionAfterCompletion: schedule.completion,
    Description: schedule.description,
    EndDate: secondsOf(schedule.endMs),
    FlexibleTimeWindow: schedule.window,
    KmsKeyArn: schedule.kmsKeyArn,
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: schedule.timezone,
    StartDate: secondsOf(schedule.startMs),
    Target: {
      ...schedule.target,
      RetryPolicy: {
        MaximumEventAgeInSeconds: schedule.target.RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400,
        MaximumRetryAttempts: schedule.target.RetryPolicy?.MaximumRetryAttempts ?? 185,
      },
    },
  };
}

function summary(schedule: StoredSchedule, store: ScheduleStore) {
  return {
    Arn: store.scheduleArn(schedule),
    Name: schedule.name,
    GroupName: schedule.group,
    State: schedule.state,
    CreationDate: secondsOf(schedule.createdAtMs),
    LastModificationDate: secondsOf(schedule.modifiedAtMs),
    Target: { Arn: schedule.target.Arn },
  };
}
