/** Hands a lock from run to run. Each function may be repeated at any time, by any handler. */
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { SFNClient } from '@aws-sdk/client-sfn';

import {
  CodeseederError,
  isTerminal,
  type LockState,
  lockGranted,
  lockReleased,
  parseRunOfLock,
  type RunOfLock,
} from '../contract/index.js';
import { endWait, failWait } from './execution.js';
import { changeLock, type LockTable, readLock } from './lock.js';
import type { RunTable } from './record.js';

/** What handing over a lock needs. */
export interface LockClients extends LockTable, RunTable {
  readonly sfn: SFNClient;
  readonly now: () => Date;
}

/** Reads a run with a consistent read. @returns undefined when it has no record */
export async function readRunOfLock(
  runId: string,
  { dynamodb, runTable }: RunTable,
): Promise<RunOfLock | undefined> {
  const query = { TableName: runTable, Key: marshall({ runId }), ConsistentRead: true };
  const { Item } = await dynamodb.send(new GetItemCommand(query));
  return Item === undefined ? undefined : parseRunOfLock(unmarshall(Item));
}

/**
 * Gives a lock that nobody holds to the first run that waits, and tells the run that holds it, in case it still waits.
 * The lock is written before the run is told. If the message is lost, a later call repeats it. A run that has ended and
 * never had a build gets the lock and loses it at once.
 *
 * @returns the lock, which its holder has until it is released
 */
export async function settleLock(lock: string, clients: LockClients): Promise<LockState> {
  for (;;) {
    const state = await grantedLock(await readLock(lock, clients), clients);
    if (state === undefined) continue;
    const { holder } = state;
    if (holder === undefined) return state;
    const run = await readRunOfLock(holder.runId, clients);
    if (run !== undefined && isTerminal(run.status) && isWithoutBuild(run)) {
      await releaseLock(state, clients);
      continue;
    }
    if (run?.status === 'QUEUED' && run.taskToken !== undefined) await endWait(clients.sfn, run.taskToken);
    return state;
  }
}

/** Takes a lock from its holder. @returns the lock, or undefined when it has another holder by now */
export function releaseLock(
  { lock, holder, fence }: LockState,
  clients: LockTable & Pick<LockClients, 'now'>,
): Promise<LockState | undefined> {
  const runId = holder?.runId ?? '';
  return changeLock(lock, lockReleased({ runId, fence, now: clients.now() }), clients);
}

/** Tells a run that waits for a lock that another one has taken its place. */
export async function tellReplaced(
  { runId, taskToken }: Pick<RunOfLock, 'runId' | 'taskToken'>,
  lock: string,
  by: string | undefined,
  { sfn }: Pick<LockClients, 'sfn'>,
): Promise<void> {
  if (taskToken === undefined) return;
  const newer = by === undefined ? 'A newer run' : `The run ${by}`;
  const message = `${newer} took the place of this run, ${runId}, which waited for the lock ${lock}.`;
  await failWait(sfn, taskToken, new CodeseederError('LockReplaced', message));
}

/** Returns whether a run never had a build. A build that was requested may exist. */
export function isWithoutBuild({
  buildId,
  buildRequestedAt,
}: Pick<RunOfLock, 'buildId' | 'buildRequestedAt'>): boolean {
  return buildId === undefined && buildRequestedAt === undefined;
}

/** @returns undefined when the queue changed in between */
async function grantedLock(state: LockState, clients: LockClients): Promise<LockState | undefined> {
  const [runId] = state.waiting;
  if (state.holder !== undefined || runId === undefined) return state;
  return changeLock(state.lock, lockGranted({ runId, now: clients.now() }), clients);
}
