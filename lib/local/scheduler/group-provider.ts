import { resourceName } from '../resources/resource-name.js';
import type { JsonObject, ProvidedResource, ResourceProvider } from '../resources/resource-provider.js';
import { AwsError } from '../wire/aws-error.js';
import type { GroupKeeper } from './group-operations.js';
import type { ScheduleStore } from './schedule-store.js';

/** Provides `AWS::Scheduler::ScheduleGroup`. Deleting a group also deletes its schedules. */
export function groupProvider(store: ScheduleStore, keeper: GroupKeeper): ResourceProvider {
  const provided = (name: string): ProvidedResource => ({
    physicalId: name,
    attributes: { Arn: store.groupArn(name), State: 'ACTIVE' },
  });
  return {
    type: 'AWS::Scheduler::ScheduleGroup',
    modelled: ['Name', 'Tags'],
    harmless: {},
    async create(request) {
      const name = resourceName(request, 'Name', 64);
      await keeper.create({ name, tags: tagsOf(request.properties) }).catch(alreadyExists(name));
      return provided(name);
    },
    async update(current, request) {
      const name = resourceName(request, 'Name', 64, current.physicalId);
      const tags = tagsOf(request.properties);
      if (name === current.physicalId) await keeper.tag(name, tags);
      else await keeper.create({ name, tags }).catch(alreadyExists(name));
      return provided(name);
    },
    async delete({ physicalId }) {
      if ((await store.findGroup(physicalId)) !== undefined) await keeper.remove(physicalId);
    },
  };
}

function alreadyExists(name: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof AwsError) || error.code !== 'ConflictException') throw error;
    throw new AwsError(
      'AlreadyExists',
      `Resource of type 'AWS::Scheduler::ScheduleGroup' with identifier '${name}' already exists.`,
    );
  };
}

function tagsOf({ Tags: tags }: JsonObject): Record<string, string> {
  if (!Array.isArray(tags)) return {};
  return Object.fromEntries((tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]));
}
