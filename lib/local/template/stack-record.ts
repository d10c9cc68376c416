import type { ResourceStatus, StackStatus } from '@aws-sdk/client-cloudformation';

import type { Json, JsonObject } from '../resources/resource-provider.js';

export type { ResourceStatus, StackStatus };

export interface StackResourceRecord {
  readonly logicalId: string;
  readonly type: string;
  /** Undefined until the resource is created. */
  readonly physicalId?: string | undefined;
  readonly attributes: Readonly<Record<string, Json>>;
  /** The resolved properties with which the resource was last created or updated. */
  readonly properties: JsonObject;
  readonly retained: boolean;
  /** Whether the resource existed before the stack created it. @default false */
  readonly isAdopted?: boolean | undefined;
  readonly status: ResourceStatus;
  readonly reason?: string | undefined;
  readonly updatedAtMs: number;
}

/** A resource without the members that are set when its status is recorded. */
export type UnrecordedResource = Omit<StackResourceRecord, 'status' | 'reason' | 'updatedAtMs'>;

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string | undefined;
  readonly exportName?: string | undefined;
}

/** A stack with all that is stored of it. */
export interface StackRecord {
  readonly stackId: string;
  readonly stackName: string;
  readonly status: StackStatus;
  readonly statusReason?: string | undefined;
  readonly description?: string | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs?: number | undefined;
  readonly deletedAtMs?: number;
  readonly templateText: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Names of the `NoEcho` parameters. */
  readonly hiddenParameters: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly outputs: readonly StackOutput[];
  /** Names of the exports that this stack imports from other stacks. */
  readonly imports: readonly string[];
  /** Resources in the order of creation. */
  readonly resources: readonly StackResourceRecord[];
  readonly eventCount: number;
}

/** A stack without its template and its resources, which are large and stored apart. */
export type StackHeader = Omit<StackRecord, 'templateText' | 'resources'>;

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

/**
 * Returns whether the next deployment updates the stack. Otherwise it creates the stack, after it has deleted what a
 * failed creation or deletion left.
 */
export function hasResources(status: StackStatus): boolean {
  const without = ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'DELETE_FAILED', 'DELETE_COMPLETE'];
  return !without.includes(status) && status !== 'REVIEW_IN_PROGRESS';
}

export function isUnderway(status: StackStatus): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
}
