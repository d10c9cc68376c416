import type { EventSender, Functions, Tables } from '../../ports.js';
import type { Integrations } from '../interpreter/integration.js';
import { dynamodbItem } from './dynamodb-item.js';
import { lambdaInvoke } from './lambda-invoke.js';
import { putEvents } from './put-events.js';

/** The services that the tasks of state machines can call. */
export interface IntegratedServices {
  readonly functions: Functions;
  readonly tables: Tables;
  readonly events: EventSender;
}

/** Returns the integrations by the part of a Task's `Resource` after `arn:<partition>:states:::`. */
export function createIntegrations({ functions, tables, events }: IntegratedServices): Integrations {
  return {
    'lambda:invoke': lambdaInvoke(functions),
    'lambda:invoke.waitForTaskToken': { ...lambdaInvoke(functions), waitsForToken: true },
    'events:putEvents': putEvents(events),
    ...dynamodbItem(tables),
  };
}
