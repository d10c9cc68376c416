import {
  CodeseederError,
  describeReference,
  parseTargetReference,
  type TargetReference,
} from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { readSchedules } from './read-schedules.js';
import { findScheduleGroup } from './schedule-group.js';

/**
 * Refuses to remove a target, a version or an alias that schedules start.
 * @throws CodeseederError `TargetScheduled` with the names of the schedules
 */
export async function refuseScheduled(removed: TargetReference, connection: Connection): Promise<void> {
  const group = await findScheduleGroup(connection);
  if (group === undefined) return;
  const names = (await readSchedules(group)).flatMap(({ name, target }) =>
    target !== undefined && starts(parseTargetReference(target), removed) ? [name] : [],
  );
  if (names.length === 0) return;
  const { seedkit } = connection;
  const what = describeReference(removed);
  throw new CodeseederError(
    'TargetScheduled',
    names.length === 1
      ? `The schedule ${names[0]} of the seedkit ${seedkit} starts ${what}. Remove it first: codeseeder schedules remove ${names[0]}`
      : `The schedules ${names.join(', ')} of the seedkit ${seedkit} start ${what}. Remove each of them first, such as: codeseeder schedules remove ${names[0]}`,
  );
}

/** Returns whether a schedule would find nothing to start after a removal. */
function starts(scheduled: TargetReference, removed: TargetReference): boolean {
  if (scheduled.name !== removed.name) return false;
  const isWhole = removed.version === undefined && removed.alias === undefined;
  return isWhole || describeReference(scheduled) === describeReference(removed);
}
