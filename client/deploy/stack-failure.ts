import type { StackEvent } from '@aws-sdk/client-cloudformation';

import { definedOnly } from '../../lib/contract/defined-only.js';
import type { DeployEvent } from '../deploy-types.js';
import { StackFailedError, type FailedResource } from '../stack-failed-error.js';
import type { StackState } from './stack-state.js';

/** A change of a resource's status. */
export type ResourceEvent = Extract<DeployEvent, { type: 'resource' }>;

/** Reason of a resource that CloudFormation canceled because another one failed. */
const CANCELED = /^Resource (creation|update|deletion) (was )?cancell?ed/i;

/** Converts an event of CloudFormation to a deploy event. */
export function resourceEvent(event: StackEvent): ResourceEvent {
  return {
    type: 'resource',
    stackName: event.StackName ?? '',
    logicalId: event.LogicalResourceId ?? '',
    resourceType: event.ResourceType ?? '',
    ...definedOnly({ physicalId: event.PhysicalResourceId || undefined }),
    status: event.ResourceStatus ?? '',
    reason: event.ResourceStatusReason,
    timestampMs: new Date(event.Timestamp ?? 0).getTime(),
  };
}

/** Returns the error of a failed operation on a stack. @param verb participle for the message, such as `deployed` */
export function stackFailure(
  { stackName, status, reason }: Pick<StackState, 'stackName' | 'status' | 'reason'>,
  verb: string,
  events: readonly ResourceEvent[],
): StackFailedError {
  const failures = events.flatMap((event): FailedResource[] =>
    event.status.endsWith('_FAILED') && event.logicalId !== stackName && !CANCELED.test(event.reason ?? '')
      ? [
          {
            logicalId: event.logicalId,
            resourceType: event.resourceType,
            reason: event.reason ?? 'no reason given',
          },
        ]
      : [],
  );
  return new StackFailedError(stackName, status, verb, failures, reason);
}
