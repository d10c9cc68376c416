/**
 * Gives a lock to the next run that waits for it. Any handler may call each function, and repeat the call, at any time.
 */
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

/** Clients of the functions that give a lock to the next run. */
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
 * Gives a lock without a holder to the first run that waits. Then ends the wait of the holder's execution, if it still
 * waits. The lock is written first, so if ending the wait fails, a later call repeats it. If the new holder has ended
 * and never had a build, the lock is released again.
 *
 * @returns the lock, with its new holder if there is one
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

/** Releases the lock of its holder. @returns the lock, or undefined if that run no longer holds it */
export function releaseLock(
  { lock, holder, fence }: LockState,
  clients: LockTable & Pick<LockClients, 'now'>,
): Promise<LockState | undefined> {
  const runId = holder?.runId ?? '';
  return changeLock(lock, lockReleased({ runId, fence, now: clients.now() }), clients);
}

/** Ends a run's wait for a lock with the failure `LockReplaced`, because another run has taken its place. */
export async function failReplacedWait(
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

/** Returns whether a run never had a build. If a build was requested, one may exist. */
export function isWithoutBuild({
  buildId,
  buildRequestedAt,
}: Pick<RunOfLock, 'buildId' | 'buildRequestedAt'>): boolean {
  return buildId === undefined && buildRequestedAt === undefined;
}

/**
 * Gives a lock without a holder to the first run in the queue.
 * @returns undefined if the lock changed in the meantime
 */
async function grantedLock(state: LockState, clients: LockClients): Promise<LockState | undefined> {
  const [runId] = state.waiting;
  if (state.holder !== undefined || runId === undefined) return state;
  return changeLock(state.lock, lockGranted({ runId, now: clients.now() }), clients);
}
