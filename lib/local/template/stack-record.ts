import type { Json, JsonObject } from './resource-provider.js';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
export type StackStatus =
  | 'REVIEW_IN_PROGRESS'
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_COMPLETE'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_COMPLETE'
  | 'ROLLBACK_FAILED'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_COMPLETE'
  | 'UPDATE_FAILED'
  | 'UPDATE_ROLLBACK_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE'
  | 'UPDATE_ROLLBACK_FAILED'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_COMPLETE'
  | 'DELETE_FAILED';

type StepStatus = 'IN_PROGRESS' | 'COMPLETE' | 'FAILED';
export type ResourceStatus = `${'CREATE' | 'UPDATE' | 'DELETE'}_${StepStatus}` | 'DELETE_SKIPPED';

export interface StackResourceRecord {
  readonly logicalId: string;
  readonly type: string;
  /** Missing until the resource was created. */
  readonly physicalId?: string;
  readonly attributes: Readonly<Record<string, Json>>;
  /** As resolved when the resource was last created or changed. */
  readonly properties: JsonObject;
  readonly retained: boolean;
  readonly status: ResourceStatus;
  readonly reason?: string;
  readonly updatedAtMs: number;
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

/** All that the place remembers of a stack. */
export interface StackRecord {
  readonly stackId: string;
  readonly stackName: string;
  readonly status: StackStatus;
  readonly statusReason?: string;
  readonly description?: string;
  readonly createdAtMs: number;
  readonly updatedAtMs?: number;
  readonly deletedAtMs?: number;
  readonly templateText: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Names of the parameters that are not shown. */
  readonly hiddenParameters: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly outputs: readonly StackOutput[];
  /** Names of the exports of other stacks that this one reads. */
  readonly imports: readonly string[];
  /** In the order they were created in. */
  readonly resources: readonly StackResourceRecord[];
  readonly eventCount: number;
}

export interface StackEvent {
  readonly eventId: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: StackStatus | ResourceStatus;
  readonly reason?: string;
  readonly properties?: JsonObject;
  readonly timestampMs: number;
}

/** The stack has what its template says, and can be used. */
export function isDeployed(status: StackStatus): boolean {
  return ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'].includes(status);
}

/** A stack in such a state never came to be: it is deleted before the next deployment. */
export function isStillborn(status: StackStatus): boolean {
  return ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'DELETE_FAILED'].includes(status);
}

/** A stack in such a state is changed by the next deployment; any other is made. */
export function hasResources(status: StackStatus): boolean {
  return !isStillborn(status) && status !== 'REVIEW_IN_PROGRESS' && status !== 'DELETE_COMPLETE';
}

export function isUnderway(status: StackStatus): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
}
