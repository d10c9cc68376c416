import type { StackEvent } from '@aws-sdk/client-cloudformation';

import type { DeployEvent } from '../deploy-types.js';
import { StackFailedError, type FailedResource } from '../stack-failed-error.js';
import type { StackState } from './stack-state.js';

export type ResourceEvent = Extract<DeployEvent, { type: 'resource' }>;

/** Events of resources that CloudFormation gave up because another one failed. */
const CANCELED = /^Resource (creation|update|deletion) (was )?cancell?ed/i;

/** An event of CloudFormation as a listener gets it. */
export function resourceEvent(event: StackEvent): ResourceEvent {
  const { ResourceStatusReason: reason } = event;
  return {
    type: 'resource',
    stackName: event.StackName ?? '',
    logicalId: event.LogicalResourceId ?? '',
    resourceType: event.ResourceType ?? '',
    status: event.ResourceStatus ?? '',
    ...(reason === undefined ? {} : { reason }),
    timestampMs: new Date(event.Timestamp ?? 0).getTime(),
  };
}

/** The error of an operation that its stack says has failed. @param verb such as `deployed` */
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
