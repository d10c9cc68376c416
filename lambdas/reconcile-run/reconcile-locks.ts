import {
  isTerminal,
  type LockState,
  lockWaitReason,
  runBefore,
  type RunRecord,
  transitionToQueuedReason,
} from '../../lib/contract/index.js';
import { leaveLock } from '../../lib/run-store/leave-lock.js';
import { leaveList, readLocks } from '../../lib/run-store/lock.js';
import { readRecords, updateRecord } from '../../lib/run-store/record.js';
import { readRunOfLock, settleLock, failReplacedWait } from '../../lib/run-store/settle-lock.js';
import type { SweepPass } from './sweep-pass.js';

/** Maximum number of ids in one BatchGetItem. */
const BATCH_SIZE = 100;

/**
 * Repeats steps of releasing and granting locks that may have failed. For each lock: removes runs that have ended, ends
 * the waits of the holder and of replaced runs, and corrects the reasons in the records of waiting runs.
 */
export async function reconcileLocks(pass: SweepPass): Promise<void> {
  const locks = (await pass.attempt('read the locks', () => readLocks(pass))) ?? [];
  for (const state of locks) {
    if (pass.isEnding()) return;
    const { lock, holder, waiting, replaced } = state;
    if (holder === undefined && waiting.length === 0 && replaced.length === 0) continue;
    await pass.attempt(`hand over the lock ${lock}`, () => reconcileLock(state, pass));
  }
}

async function reconcileLock(state: LockState, pass: SweepPass): Promise<void> {
  const { lock, holder, waiting, replaced } = state;
  const involved = new Set([...(holder === undefined ? [] : [holder.runId]), ...waiting, ...replaced]);
  const { records, unread } = await readAll([...involved], pass);
  const isOver = (runId: string) => {
    const record = records.get(runId);
    return record === undefined ? !unread.has(runId) : isTerminal(record.status);
  };
  let left = state;
  for (const runId of waiting) if (isOver(runId)) left = await leaveList('waiting', runId, left, pass);
  for (const runId of replaced) {
    if (isOver(runId)) left = await leaveList('replaced', runId, left, pass);
    else await tellAgain(runId, state, pass);
  }
  const held = holder && records.get(holder.runId);
  if (held !== undefined && isTerminal(held.status)) {
    await pass.paces.builds.turn();
    await leaveLock(held, pass);
  }
  await correctReasons(await settleLock(lock, pass), records, pass);
}

async function readAll(runIds: readonly string[], pass: SweepPass) {
  const records = new Map<string, RunRecord>();
  const unread = new Set<string>();
  for (let at = 0; at < runIds.length; at += BATCH_SIZE) {
    const batch = await readRecords(runIds.slice(at, at + BATCH_SIZE), pass);
    for (const [runId, record] of batch.records) records.set(runId, record);
    for (const runId of batch.unread) unread.add(runId);
  }
  return { records, unread };
}

async function tellAgain(
  runId: string,
  { lock, waiting, holder }: LockState,
  pass: SweepPass,
): Promise<void> {
  const run = await readRunOfLock(runId, pass);
  if (run?.status === 'QUEUED') await failReplacedWait(run, lock, waiting.at(-1) ?? holder?.runId, pass);
}

/** Corrects the reasons of waiting runs, which name the run before them. That run may have been canceled. */
async function correctReasons(
  state: LockState,
  records: ReadonlyMap<string, RunRecord>,
  pass: SweepPass,
): Promise<void> {
  for (const runId of state.waiting) {
    const reason = lockWaitReason(state.lock, runBefore(state, runId));
    const record = records.get(runId);
    if (record === undefined || record.queuedReason === reason) continue;
    await updateRecord(runId, transitionToQueuedReason(reason), pass);
  }
}
