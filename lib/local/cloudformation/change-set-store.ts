import type { DurableStore } from '../durable/durable-store.js';
import type { ApplyRequest } from '../template/new-stack-record.js';
import type { ResourceChange } from '../template/stack-preview.js';
import { AwsError } from '../wire/aws-error.js';

export type ExecutionStatus =
  'AVAILABLE' | 'UNAVAILABLE' | 'EXECUTE_IN_PROGRESS' | 'EXECUTE_COMPLETE' | 'EXECUTE_FAILED';

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
export interface ChangeSetStore {
  put(record: ChangeSetRecord): Promise<void>;
  /** Returns the change sets of a stack, oldest first. */
  list(stackId: string): Promise<readonly ChangeSetRecord[]>;
  /** @param nameOrId name or ARN of a change set of the stack */
  find(stackId: string, nameOrId: string): Promise<ChangeSetRecord | undefined>;
  delete(record: ChangeSetRecord): Promise<void>;
}

export function openChangeSetStore(store: DurableStore): ChangeSetStore {
  const collection = store.collection<ChangeSetRecord>('cloudformation-change-sets');

  async function list(stackId: string): Promise<readonly ChangeSetRecord[]> {
    const records: ChangeSetRecord[] = [];
    for await (const [, record] of collection.entries(`${stackId}#`)) records.push(record);
    return records.sort((left, right) => left.createdAtMs - right.createdAtMs);
  }

  return {
    list,
    put: (record) => collection.put(keyOf(record), record),
    delete: (record) => collection.delete(keyOf(record)),
    async find(stackId, nameOrId) {
      return (await list(stackId)).find(({ name, changeSetId }) => [name, changeSetId].includes(nameOrId));
    },
  };
}

function keyOf({ stackId, changeSetId }: ChangeSetRecord): string {
  return `${stackId}#${changeSetId}`;
}

export function changeSetNotFound(nameOrId: string): AwsError {
  return new AwsError('ChangeSetNotFound', `ChangeSet [${nameOrId}] does not exist`, 404);
}
