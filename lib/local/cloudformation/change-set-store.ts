import type { DurableStore } from '../durable/durable-store.js';
import type { ApplyRequest } from '../template/new-stack-record.js';
import type { ResourceChange } from '../template/stack-preview.js';
import { AwsError } from '../wire/aws-error.js';

export type ExecutionStatus =
  'AVAILABLE' | 'UNAVAILABLE' | 'EXECUTE_IN_PROGRESS' | 'EXECUTE_COMPLETE' | 'EXECUTE_FAILED';

/** All that the place remembers of a change set. */
export interface ChangeSetRecord {
  readonly changeSetId: string;
  readonly name: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly type: 'CREATE' | 'UPDATE';
  readonly description?: string;
  readonly status: 'CREATE_COMPLETE' | 'FAILED';
  readonly statusReason?: string;
  readonly executionStatus: ExecutionStatus;
  readonly createdAtMs: number;
  readonly request: ApplyRequest;
  readonly changes: readonly ResourceChange[];
}

/** Change sets by stack. */
export interface ChangeSetStore {
  put(record: ChangeSetRecord): Promise<void>;
  /** Of one stack, the oldest first. */
  list(stackId: string): Promise<readonly ChangeSetRecord[]>;
  /** @param nameOrId a name is looked for in the stack */
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

/** The stack that a change set's ARN does not tell; its caller names the stack too, or the store is searched. */
export function changeSetNotFound(nameOrId: string): AwsError {
  return new AwsError('ChangeSetNotFound', `ChangeSet [${nameOrId}] does not exist`, 404);
}
