import { KeyedLock } from '../durable/keyed-lock.js';
import { valuesOf } from '../durable/values-of.js';
import { arnOf, type PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { DEFAULT_GROUP, type StoredGroup, type StoredSchedule } from './stored-schedule.js';

/** Name and group of a schedule. */
export type ScheduleKey = Pick<StoredSchedule, 'group' | 'name'>;

/** Groups and schedules by name. */
export type ScheduleStore = Awaited<ReturnType<typeof openScheduleStore>>;

/**
 * Opens the groups and schedules. The functions `group` and `schedule` throw the AwsError `ResourceNotFoundException`
 * for one that does not exist.
 */
export async function openScheduleStore(context: PlaceContext) {
  const groups = context.store.collection<StoredGroup>('scheduler-groups');
  const schedules = context.store.collection<StoredSchedule>('scheduler-schedules');
  if ((await groups.get(DEFAULT_GROUP)) === undefined)
    await groups.put(DEFAULT_GROUP, { name: DEFAULT_GROUP, tags: {}, createdAtMs: context.clock.now() });

  const changes = new KeyedLock();
  const store = {
    /**
     * Runs work that changes a group or its schedules after all earlier work of this group. Without it, a schedule
     * that is deleted while `lastDueMs` is being written would be stored again.
     */
    change: <T>(group: string, work: () => Promise<T>): Promise<T> => changes.run(group, work),
    groupArn: (name: string) => arnOf(context, 'scheduler', `schedule-group/${name}`),
    scheduleArn: ({ group, name }: ScheduleKey) => arnOf(context, 'scheduler', `schedule/${group}/${name}`),
    findGroup: (name: string) => groups.get(name),
    group: async (name: string): Promise<StoredGroup> =>
      (await groups.get(name)) ?? missing(`Schedule group ${name} does not exist.`),
    groups: () => valuesOf(groups),
    putGroup: (group: StoredGroup) => groups.put(group.name, group),
    removeGroup: (name: string) => groups.delete(name),
    find: (key: ScheduleKey) => schedules.get(keyOf(key)),
    schedule: async (key: ScheduleKey): Promise<StoredSchedule> => {
      const found = await schedules.get(keyOf(key));
      if (found !== undefined) return found;
      await store.group(key.group);
      return missing(`Schedule ${key.name} does not exist.`);
    },
    /** Returns the schedules of a group, or of all, in the order of group and name. */
    schedules: (group?: string) => valuesOf(schedules, group === undefined ? '' : `${group}/`),
    put: (schedule: StoredSchedule) => schedules.put(keyOf(schedule), schedule),
    remove: (key: ScheduleKey) => schedules.delete(keyOf(key)),
  };
  return store;
}

/** Returns the key of a schedule. Names have no slash. */
export function keyOf({ group, name }: ScheduleKey): string {
  return `${group}/${name}`;
}

function missing(message: string): never {
  throw new AwsError('ResourceNotFoundException', message, 404);
}
