import { Duration } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { type RetryProps, TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { EventBridgePutEvents } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';

import { EVENT_SOURCE, RUN_STATE_CHANGE } from '../../contract/index.js';
import { jsonata } from './jsonata.js';

/** Announces a change of the run on the seedkit's bus. @param detail the variable that holds the event's detail */
export function emitRunStateChange(
  scope: Construct,
  state: string,
  bus: EventBus,
  detail: string,
  retries: readonly RetryProps[],
): EventBridgePutEvents {
  const task = EventBridgePutEvents.jsonata(scope, state, {
    entries: [
      {
        eventBus: bus,
        source: EVENT_SOURCE,
        detailType: RUN_STATE_CHANGE,
        detail: TaskInput.fromText(jsonata(detail)),
      },
    ],
    outputs: {},
    taskTimeout: Timeout.duration(Duration.seconds(30)),
  });
  for (const retry of retries) task.addRetry(retry);
  return task;
}
