import {
  lockWaitReason,
  runBefore,
  type RunOfLock,
  transitionToQueuedReason,
} from '../../lib/contract/index.js';
import { leaveLock, type LeaveLockClients } from '../../lib/run-store/leave-lock.js';
import { readLock } from '../../lib/run-store/lock.js';
import { updateRecord } from '../../lib/run-store/record.js';

/**
 * Removes a run that has ended from its lock. Updates the reason in the record of the next run in the queue, which
 * waits for another run now.
 */
export async function leaveQueue(run: RunOfLock, lock: string, clients: LeaveLockClients): Promise<void> {
  const before = await readLock(lock, clients);
  await leaveLock(run, clients);
  const place = before.waiting.indexOf(run.runId);
  const next = place < 0 ? undefined : before.waiting[place + 1];
  if (next === undefined) return;
  const waiting = before.waiting.filter((runId) => runId !== run.runId);
  const reason = lockWaitReason(lock, runBefore({ ...before, waiting }, next));
  await updateRecord(next, transitionToQueuedReason(reason), clients);
}
