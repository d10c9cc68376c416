import type { SchedulerClient } from '@aws-sdk/client-scheduler';

import { CodeseederError } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';

/** The group of a seedkit's schedules, with the client to use it. */
export interface ScheduleGroup {
  readonly scheduler: SchedulerClient;
  readonly group: string;
  /** Role that EventBridge Scheduler assumes to start runs. */
  readonly roleArn: string;
}

/** Returns the group of a seedkit's schedules; undefined for a seedkit of an earlier version, which has none. */
export async function findScheduleGroup(connection: Connection): Promise<ScheduleGroup | undefined> {
  const { schedules } = await connection.deployed();
  return schedules && { ...schedules, scheduler: await connection.clients.scheduler() };
}

/** @throws CodeseederError `SeedkitNotReady` for a seedkit of an earlier version */
export async function scheduleGroupOf(connection: Connection): Promise<ScheduleGroup> {
  const found = await findScheduleGroup(connection);
  if (found !== undefined) return found;
  throw new CodeseederError(
    'SeedkitNotReady',
    `The seedkit ${connection.seedkit} has no schedules, because an earlier version deployed it. Deploy it again. \`codeseeder upgrade --seedkit ${connection.seedkit}\` names the command.`,
  );
}

/** Returns whether AWS answered with one of these errors. */
export function isNamed(error: unknown, ...names: readonly string[]): error is Error {
  return error instanceof Error && names.includes(error.name);
}
