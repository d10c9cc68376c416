/** Reads and changes the locks of runs: one item per lock in the table `codeseeder-<seedkit>-locks`. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  paginateScan,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

import { type LockChange, lockLeft, type LockState, parseLockState } from '../contract/index.js';
import { marshalled } from './record.js';

/** The table of locks of a seedkit, with the client to use it. */
export interface LockTable {
  readonly dynamodb: DynamoDBClient;
  readonly lockTable: string;
}

/** Reads a lock with a consistent read. A lock that was never used is returned without a holder. */
export async function readLock(lock: string, { dynamodb, lockTable }: LockTable): Promise<LockState> {
  const query = { TableName: lockTable, Key: marshall({ lock }), ConsistentRead: true };
  const { Item } = await dynamodb.send(new GetItemCommand(query));
  return parseLockState(Item === undefined ? { lock } : unmarshall(Item));
}

/** Reads all locks with consistent reads, sorted by name. */
export async function readLocks({ dynamodb, lockTable }: LockTable): Promise<LockState[]> {
  const locks: LockState[] = [];
  const query = { TableName: lockTable, ConsistentRead: true };
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, query)) {
    locks.push(...Items.map((item) => parseLockState(unmarshall(item))));
  }
  return locks.sort((left, right) => (left.lock < right.lock ? -1 : 1));
}

/**
 * Applies one of the contract's changes to a lock.
 * @returns the lock after the change, or undefined when the change's condition does not hold
 */
export async function changeLock(
  lock: string,
  { values, ...expressions }: LockChange,
  { dynamodb, lockTable }: LockTable,
): Promise<LockState | undefined> {
  const command = new UpdateItemCommand({
    ...expressions,
    ExpressionAttributeValues: marshalled(values),
    TableName: lockTable,
    Key: marshall({ lock }),
    ReturnValues: 'ALL_NEW',
  });
  try {
    const { Attributes = {} } = await dynamodb.send(command);
    return parseLockState(unmarshall(Attributes));
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/**
 * Removes a run from a list of a lock.
 * @returns the lock without the run
 */
export async function leaveList(
  list: 'waiting' | 'replaced',
  runId: string,
  before: LockState,
  table: LockTable,
): Promise<LockState> {
  let state = before;
  // The change is conditional on the run's position in the list. If another writer has changed the position, the change
  // is repeated.
  for (;;) {
    const left = lockLeft(state, list, runId);
    if (left === undefined) return state;
    state = (await changeLock(state.lock, left, table)) ?? (await readLock(state.lock, table));
  }
}
