import type { DurableStore } from '../durable/durable-store.js';
import { valuesOf } from '../durable/values-of.js';
import type { ApplyRequest } from '../template/new-stack-record.js';
import type { ResourceChange } from '../template/stack-preview.js';
import { AwsError } from '../wire/aws-error.js';

export type ExecutionStatus =
  | 'AVAILABLE'
  | 'UNAVAILABLE'
  | 'EXECUTE_IN_PROGRESS'
  | 'EXECUTE_COMPLETE'
  | 'EXECUTE_FAILED';

/** A change set, as it is stored. */
export interface ChangeSetRecord {
  readonly changeSetId: string;
  readonly name: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly type: 'CREATE' | 'UPDATE';
  readonly description?: string | undefined;
  readonly status: 'CREATE_COMPLETE' | 'FAILED';
  readonly statusReason?: string | undefined;
  readonly executionStatus: ExecutionStatus;
  readonly createdAtMs: number;
  readonly request: ApplyRequest;
  readonly changes: readonly ResourceChange[];
}

/** Change sets by stack. */
export type ChangeSetStore = ReturnType<typeof openChangeSetStore>;

export function openChangeSetStore(store: DurableStore) {
  const collection = store.collection<ChangeSetRecord>('cloudformation-change-sets');
  /** Returns the change sets of a stack, oldest first. */
  const list = async (stackId: string) =>
    (await valuesOf(collection, `${stackId}#`)).sort((left, right) => left.createdAtMs - right.createdAtMs);
  return {
    list,
    put: (record: ChangeSetRecord) => collection.put(keyOf(record), record),
    delete: (record: ChangeSetRecord) => collection.delete(keyOf(record)),
    /**
     * Finds a change set of a stack.
     * @param nameOrId name or ARN of the change set
     */
    find: async (stackId: string, nameOrId: string) =>
      (await list(stackId)).find(({ name, changeSetId }) => [name, changeSetId].includes(nameOrId)),
  };
}

function keyOf({ stackId, changeSetId }: ChangeSetRecord): string {
  return `${stackId}#${changeSetId}`;
}

export function changeSetNotFound(nameOrId: string): AwsError {
  return new AwsError('ChangeSetNotFound', `ChangeSet [${nameOrId}] does not exist`, 404);
}
