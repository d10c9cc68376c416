import { DeleteScheduleCommand, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';

import { parseScheduleExpression } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import type { TargetSchedule } from '../schedule-types.js';
import { describeSchedule, getSchedule } from './read-schedules.js';
import { refusePassed } from './schedule-options.js';
import { isNamed, scheduleGroupOf } from './schedule-group.js';

/** Pauses a schedule: it starts no runs until it is resumed. @throws CodeseederError `ScheduleNotFound` */
export function pauseSchedule(name: string, connection: Connection): Promise<TargetSchedule> {
  return setState(name, 'DISABLED', connection);
}

/** Resumes a paused schedule. @throws CodeseederError `ScheduleNotFound`, `InvalidRequest` */
export function resumeSchedule(name: string, connection: Connection): Promise<TargetSchedule> {
  return setState(name, 'ENABLED', connection);
}

/** Removes a schedule. @returns the schedule as it was. @throws CodeseederError `ScheduleNotFound` */
export async function removeSchedule(name: string, connection: Connection): Promise<TargetSchedule> {
  const group = await scheduleGroupOf(connection);
  const found = await getSchedule(name, group, connection.seedkit);
  const request = { Name: found.Name, GroupName: group.group };
  await group.scheduler.send(new DeleteScheduleCommand(request)).catch((error: unknown) => {
    // Its last time has just come, or somebody else has removed it.
    if (!isNamed(error, 'ResourceNotFoundException')) throw error;
  });
  return describeSchedule(found);
}

async function setState(
  name: string,
  State: 'ENABLED' | 'DISABLED',
  connection: Connection,
): Promise<TargetSchedule> {
  const group = await scheduleGroupOf(connection);
  const found = await getSchedule(name, group, connection.seedkit);
  const { ScheduleExpression, ScheduleExpressionTimezone, Target, FlexibleTimeWindow } = found;
  if (State === 'ENABLED')
    refusePassed(parseScheduleExpression(ScheduleExpression ?? '', ScheduleExpressionTimezone), new Date());
  // An update replaces the whole schedule: a member that is left out would get its default.
  await group.scheduler.send(
    new UpdateScheduleCommand({
      Name: found.Name,
      GroupName: group.group,
      ScheduleExpression,
      ScheduleExpressionTimezone,
      StartDate: found.StartDate,
      EndDate: found.EndDate,
      Description: found.Description,
      Target,
      FlexibleTimeWindow,
      ActionAfterCompletion: found.ActionAfterCompletion,
      KmsKeyArn: found.KmsKeyArn,
      State,
    }),
  );
  return describeSchedule(await getSchedule(name, group, connection.seedkit));
}
