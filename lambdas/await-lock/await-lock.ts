import { type AwaitLockInput, transitionToWaiting } from '../../lib/contract/index.js';
import { endWait } from '../../lib/run-store/execution.js';
import { leaveList, readLock } from '../../lib/run-store/lock.js';
import { updateRecord } from '../../lib/run-store/record.js';
import {
  type LockClients,
  readRunOfLock,
  settleLock,
  tellReplaced,
} from '../../lib/run-store/settle-lock.js';

/** What a call of {@link awaitLock} found: the run has ended, was replaced, holds the lock, or waits. */
export type Awaited = 'ended' | 'replaced' | 'held' | 'waiting';

/**
 * Records the task token of a run that waits for its lock, then looks at the lock. A run that gets the lock after the look
 * is told by the token, and the look finds a run that got it before. Runs that this one replaced are told, too.
 *
 * @throws Error of AWS. The state machine calls again: repeating the call changes nothing
 */
export async function awaitLock(input: AwaitLockInput, clients: LockClients): Promise<Awaited> {
  const { runId, lock, taskToken } = input;
  if ((await updateRecord(runId, transitionToWaiting(taskToken), clients)) === undefined) return 'ended';
  const state = await readLock(lock, clients);
  if (state.replaced.includes(runId)) {
    const by = state.waiting.at(-1) ?? state.holder?.runId;
    await tellReplaced({ runId, taskToken }, lock, by, clients);
    await leaveList('replaced', runId, state, clients);
    return 'replaced';
  }
  if (state.holder?.runId !== runId && !state.waiting.includes(runId)) {
    // Somebody took the run out of the queue. StartBuild puts it in again.
    await endWait(clients.sfn, taskToken);
    return 'waiting';
  }
  for (const replaced of state.replaced) {
    const run = await readRunOfLock(replaced, clients);
    await tellReplaced(run ?? { runId: replaced }, lock, runId, clients);
  }
  const { holder } = await settleLock(lock, clients);
  return holder?.runId === runId ? 'held' : 'waiting';
}
