import {
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  paginateListSchedules,
  type RetryPolicy,
} from '@aws-sdk/client-scheduler';

import {
  CodeseederError,
  DEFAULT_TIME_ZONE,
  nearestNames,
  parseWith,
  scheduledTargetOf,
  scheduleNameSchema,
} from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import type { TargetSchedule } from '../schedule-types.js';
import { isNamed, type ScheduleGroup, scheduleGroupOf } from './schedule-group.js';

/** Requests at the same time. A list has names and states only, so that each schedule needs a request. */
const PARALLEL_READS = 10;

/** Reads all schedules of a seedkit, by name. */
export async function listSchedules(connection: Connection): Promise<TargetSchedule[]> {
  return readSchedules(await scheduleGroupOf(connection));
}

/** Reads a schedule of a seedkit. @throws CodeseederError `ScheduleNotFound` */
export async function showSchedule(name: string, connection: Connection): Promise<TargetSchedule> {
  return describeSchedule(await getSchedule(name, await scheduleGroupOf(connection), connection.seedkit));
}

/** Reads all schedules of a group, by name. One that ends meanwhile is left out. */
export async function readSchedules(group: ScheduleGroup): Promise<TargetSchedule[]> {
  const names = await namesOf(group);
  const schedules: TargetSchedule[] = [];
  for (let at = 0; at < names.length; at += PARALLEL_READS) {
    const batch = names.slice(at, at + PARALLEL_READS).map((name) => findSchedule(name, group));
    for (const found of await Promise.all(batch))
      if (found !== undefined) schedules.push(describeSchedule(found));
  }
  return schedules.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Reads a schedule as AWS describes it. @throws CodeseederError `ScheduleNotFound` with the nearest names */
export async function getSchedule(
  wanted: string,
  group: ScheduleGroup,
  seedkit: string,
): Promise<GetScheduleCommandOutput> {
  const name = parseScheduleName(wanted);
  const found = await findSchedule(name, group);
  if (found !== undefined) return found;
  const near = nearestNames(name, await namesOf(group));
  const others = near.length === 0 ? 'It has no schedules.' : `The nearest names: ${near.join(', ')}.`;
  throw new CodeseederError(
    'ScheduleNotFound',
    `The seedkit ${seedkit} has no schedule ${name}. ${others} A schedule is deleted after its last time. List them: codeseeder schedules list`,
  );
}

/** @throws CodeseederError `InvalidRequest` */
export function parseScheduleName(name: string): string {
  return parseWith(scheduleNameSchema, name, `schedule name ${JSON.stringify(name)}`);
}

async function findSchedule(
  name: string,
  { scheduler, group: GroupName }: ScheduleGroup,
): Promise<GetScheduleCommandOutput | undefined> {
  try {
    return await scheduler.send(new GetScheduleCommand({ GroupName, Name: name }));
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
}

async function namesOf({ scheduler, group: GroupName }: ScheduleGroup): Promise<string[]> {
  const names: string[] = [];
  for await (const { Schedules = [] } of paginateListSchedules({ client: scheduler }, { GroupName })) {
    names.push(...Schedules.flatMap(({ Name }) => Name ?? []));
  }
  return names;
}

/** Returns a schedule as users see it. */
export function describeSchedule(schedule: GetScheduleCommandOutput): TargetSchedule {
  const { Target: target, FlexibleTimeWindow: window } = schedule;
  const { name: runName, ...started } = scheduledTargetOf(target?.Input) ?? {};
  return {
    name: schedule.Name ?? '',
    state: schedule.State === 'DISABLED' ? 'paused' : 'active',
    ...started,
    runName,
    expression: schedule.ScheduleExpression ?? '',
    timeZone: schedule.ScheduleExpressionTimezone ?? DEFAULT_TIME_ZONE,
    startAt: isoOf(schedule.StartDate),
    endAt: isoOf(schedule.EndDate),
    flexibleMinutes: window?.MaximumWindowInMinutes,
    ...retriesOf(target?.RetryPolicy),
    description: schedule.Description,
    createdAt: isoOf(schedule.CreationDate),
    changedAt: isoOf(schedule.LastModificationDate),
  };
}

function isoOf(date: Date | undefined): string | undefined {
  return date?.toISOString();
}

function retriesOf(policy: RetryPolicy = {}): Pick<TargetSchedule, 'maxRetries' | 'maxAgeMinutes'> {
  const { MaximumEventAgeInSeconds: ageSeconds, MaximumRetryAttempts: maxRetries } = policy;
  return { maxRetries, maxAgeMinutes: ageSeconds === undefined ? undefined : Math.round(ageSeconds / 60) };
}
