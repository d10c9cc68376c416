import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { operation } from '../wire/operation.js';
import { page } from '../wire/page.js';
import { invalid, invalidToken, name, notRepeated, pageMembers, secondsOf, tags } from './members.js';
import type { ScheduleStore } from './schedule-store.js';
import { DEFAULT_GROUP, type StoredGroup } from './stored-schedule.js';
import type { Timers } from './timers.js';
import { z } from 'zod';

/** Creates and deletes groups, for the API and for templates. */
export type GroupKeeper = ReturnType<typeof createGroupKeeper>;

export function createGroupKeeper(context: PlaceContext, store: ScheduleStore, timers: Timers) {
  return {
    /** @throws AwsError `ConflictException` */
    create: (group: Omit<StoredGroup, 'createdAtMs'>): Promise<void> =>
      store.change(group.name, async () => {
        if ((await store.findGroup(group.name)) !== undefined)
          throw new AwsError('ConflictException', `Schedule group ${group.name} already exists.`, 409);
        await store.putGroup({ ...group, createdAtMs: context.clock.now() });
      }),
    /** Replaces the tags of a group. @throws AwsError `ResourceNotFoundException` */
    tag: (name: string, tags: StoredGroup['tags']): Promise<void> =>
      store.change(name, async () => store.putGroup({ ...(await store.group(name)), tags })),
    /**
     * Deletes a group with its schedules.
     * @throws AwsError `ValidationException` for the default group, `ResourceNotFoundException`
     */
    remove: (name: string): Promise<void> =>
      store.change(name, async () => {
        if (name === DEFAULT_GROUP) throw invalid('Cannot delete the default schedule group.');
        await store.group(name);
        for (const schedule of await store.schedules(name)) {
          timers.end(schedule);
          await store.remove(schedule);
        }
        await store.removeGroup(name);
      }),
  };
}

/** Returns the operations on groups. */
export function groupOperations(store: ScheduleStore, keeper: GroupKeeper) {
  const describe = (group: StoredGroup) => ({
    Arn: store.groupArn(group.name),
    Name: group.name,
    State: 'ACTIVE',
    CreationDate: secondsOf(group.createdAtMs),
    LastModificationDate: secondsOf(group.createdAtMs),
  });
  return {
    CreateScheduleGroup: operation(
      { Name: name, Tags: tags.default([]), ClientToken: notRepeated },
      async ({ Name, Tags }) => {
        await keeper.create({
          name: Name,
          tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
        });
        return { ScheduleGroupArn: store.groupArn(Name) };
      },
    ),
    DeleteScheduleGroup: operation({ Name: name, ClientToken: notRepeated }, ({ Name }) =>
      keeper.remove(Name),
    ),
    GetScheduleGroup: operation({ Name: name }, async ({ Name }) => describe(await store.group(Name))),
    ListScheduleGroups: operation(
      { ...pageMembers, NamePrefix: name.optional() },
      async ({ NamePrefix = '', MaxResults: limit, NextToken: token }) => {
        const found = (await store.groups()).filter((group) => group.name.startsWith(NamePrefix));
        const { items, nextToken } = page(found, (group) => group.name, { token, limit, invalidToken });
        return { ScheduleGroups: items.map(describe), NextToken: nextToken };
      },
    ),
    ListTagsForResource: operation({ ResourceArn: z.string().min(1).max(1011) }, async ({ ResourceArn }) => {
      const group = (await store.groups()).find((each) => store.groupArn(each.name) === ResourceArn);
      if (group === undefined)
        throw new AwsError('ResourceNotFoundException', `${ResourceArn} does not exist.`, 404);
      return { Tags: Object.entries(group.tags).map(([Key, Value]) => ({ Key, Value })) };
    }),
  };
}
