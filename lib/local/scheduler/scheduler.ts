import type { PlaceContext } from '../place-context.js';
import type { Functions, Queues } from '../ports.js';
import { serviceOperations } from '../wire/operation.js';
import { restJsonService, type RestRoute } from '../wire/rest-json-service.js';
import { createGroupKeeper, groupOperations } from './group-operations.js';
import { groupProvider } from './group-provider.js';
import { scheduleOperations } from './schedule-operations.js';
import { openScheduleStore } from './schedule-store.js';
import { openTargetCalls } from './target-calls.js';
import { createTimers, type Timers } from './timers.js';

const SCHEDULE = '/schedules/{Name}';
const GROUP = '/schedule-groups/{Name}';
/**
 * Names of members in the query.
 * @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html
 */
const OF_GROUP = { groupName: 'GroupName', clientToken: 'ClientToken' };
const ROUTES = [
  { operation: 'CreateSchedule', method: 'POST', path: SCHEDULE },
  { operation: 'UpdateSchedule', method: 'PUT', path: SCHEDULE },
  { operation: 'GetSchedule', method: 'GET', path: SCHEDULE, query: OF_GROUP },
  { operation: 'DeleteSchedule', method: 'DELETE', path: SCHEDULE, query: OF_GROUP },
  { operation: 'ListSchedules', method: 'GET', path: '/schedules', query: { ScheduleGroup: 'GroupName' } },
  { operation: 'CreateScheduleGroup', method: 'POST', path: GROUP },
  { operation: 'GetScheduleGroup', method: 'GET', path: GROUP },
  { operation: 'DeleteScheduleGroup', method: 'DELETE', path: GROUP, query: OF_GROUP },
  { operation: 'ListScheduleGroups', method: 'GET', path: '/schedule-groups' },
  { operation: 'ListTagsForResource', method: 'GET', path: '/tags/{ResourceArn}' },
] as const satisfies readonly RestRoute[];

export interface SchedulerOptions {
  readonly functions: Functions;
  readonly queues: Queues;
}

/** EventBridge Scheduler. */
export async function createScheduler(context: PlaceContext, { functions, queues }: SchedulerOptions) {
  const store = await openScheduleStore(context);
  const calls = await openTargetCalls({ context, store, functions, queues, timers: () => timers });
  const timers: Timers = createTimers(context, (schedule, dueMs) => calls.accept(schedule, dueMs));
  for (const schedule of await store.schedules()) timers.set(schedule);
  const keeper = createGroupKeeper(context, store, timers);
  const operations = serviceOperations('ValidationException', {
    ...scheduleOperations(context, store, timers),
    ...groupOperations(store, keeper),
  });
  return {
    operations,
    service: restJsonService({ signingName: 'scheduler', operations, routes: ROUTES }),
    resourceProviders: [groupProvider(store, keeper)],
    close: async () => {
      await timers.close();
      await calls.close();
    },
  };
}
