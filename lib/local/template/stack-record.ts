import type { Json, JsonObject } from '../resources/resource-provider.js';

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
  readonly physicalId?: string | undefined;
  readonly attributes: Readonly<Record<string, Json>>;
  /** As resolved when the resource was last created or changed. */
  readonly properties: JsonObject;
  readonly retained: boolean;
  readonly status: ResourceStatus;
  readonly reason?: string | undefined;
  readonly updatedAtMs: number;
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string | undefined;
  readonly exportName?: string | undefined;
}

/** A stack, as it is stored. */
export interface StackRecord {
  readonly stackId: string;
  readonly stackName: string;
  readonly status: StackStatus;
  readonly statusReason?: string | undefined;
  readonly description?: string | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs?: number;
  readonly deletedAtMs?: number;
  readonly templateText: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Names of the `NoEcho` parameters. */
  readonly hiddenParameters: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly outputs: readonly StackOutput[];
  /** Names of the exports of other stacks that this one reads. */
  readonly imports: readonly string[];
  /** In order of creation. */
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
  readonly reason?: string | undefined;
  readonly properties?: JsonObject;
  readonly timestampMs: number;
}

/** Whether the stack matches its template. */
export function isDeployed(status: StackStatus): boolean {
  return ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'].includes(status);
}

/** Whether the stack failed to be created or deleted. The next deployment deletes it first. */
export function isStillborn(status: StackStatus): boolean {
  return ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'DELETE_FAILED'].includes(status);
}

/** Whether the next deployment changes the stack. It creates any other. */
export function hasResources(status: StackStatus): boolean {
  return !isStillborn(status) && status !== 'REVIEW_IN_PROGRESS' && status !== 'DELETE_COMPLETE';
}

export function isUnderway(status: StackStatus): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
}
