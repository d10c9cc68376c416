import { type AwaitLockInput, transitionToWaiting } from '../../lib/contract/index.js';
import { endWait } from '../../lib/run-store/execution.js';
import { leaveList, readLock } from '../../lib/run-store/lock.js';
import { updateRecord } from '../../lib/run-store/record.js';
import {
  type LockClients,
  readRunOfLock,
  settleLock,
  failReplacedWait,
} from '../../lib/run-store/settle-lock.js';

/** The result of {@link awaitLock}: the run has ended, was replaced by another run, holds the lock, or waits. */
export type Awaited = 'ended' | 'replaced' | 'held' | 'waiting';

/**
 * Records the task token of a run that waits for its lock, then reads the lock. In this order no grant is missed: a
 * lock that was granted before is found by the read, and a later grant finds the token and returns it. Also ends the
 * waits of runs that this run replaced.
 *
 * @throws Error of AWS. The state machine calls again: repeating the call changes nothing
 */
export async function awaitLock(input: AwaitLockInput, clients: LockClients): Promise<Awaited> {
  const { runId, lock, taskToken } = input;
  if ((await updateRecord(runId, transitionToWaiting(taskToken), clients)) === undefined) return 'ended';
  const state = await readLock(lock, clients);
  if (state.replaced.includes(runId)) {
    const by = state.waiting.at(-1) ?? state.holder?.runId;
    await failReplacedWait({ runId, taskToken }, lock, by, clients);
    await leaveList('replaced', runId, state, clients);
    return 'replaced';
  }
  if (state.holder?.runId !== runId && !state.waiting.includes(runId)) {
    // The run was removed from the queue. Ending the wait makes StartBuild add it again.
    await endWait(clients.sfn, taskToken);
    return 'waiting';
  }
  for (const replaced of state.replaced) {
    const run = await readRunOfLock(replaced, clients);
    await failReplacedWait(run ?? { runId: replaced }, lock, runId, clients);
  }
  const { holder } = await settleLock(lock, clients);
  return holder?.runId === runId ? 'held' : 'waiting';
}
