import { type LockState, parseLockName } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { locksOf, tableOf } from '../connection/seedkit-resources.js';
import type { Lock } from '../lock-types.js';

/** Maximum number of ids in one BatchGetItem. */
const BATCH_SIZE = 100;

/** Reads all locks of a seedkit. @throws CodeseederError `SeedkitNotReady` */
export async function listLocks(connection: Connection): Promise<Lock[]> {
  const { readLocks } = await import('../../lib/run-store/lock.js');
  const states = await readLocks(await locksOf(connection));
  return describeLocks(states, connection);
}

/** Reads one lock of a seedkit. @throws CodeseederError `InvalidRequest` for a name that no lock can have */
export async function findLock(name: string, connection: Connection): Promise<Lock> {
  const lock = parseLockName(name);
  const { readLock } = await import('../../lib/run-store/lock.js');
  return describeLock(await readLock(lock, await locksOf(connection)), connection);
}

/** Returns a lock with the state of the run that holds it. */
export async function describeLock(state: LockState, connection: Connection): Promise<Lock> {
  const [lock] = await describeLocks([state], connection);
  return lock ?? { name: state.lock, token: state.fence, waiting: state.waiting };
}

async function describeLocks(states: readonly LockState[], connection: Connection): Promise<Lock[]> {
  const holders = [...new Set(states.flatMap(({ holder }) => holder?.runId ?? []))];
  const records = await readAll(holders, connection);
  return states.map(({ lock, fence, holder, waiting }) => {
    const { status, buildId } = (holder && records.get(holder.runId)) ?? {};
    return { name: lock, token: fence, holder: holder && { ...holder, status, buildId }, waiting };
  });
}

async function readAll(runIds: readonly string[], connection: Connection) {
  const { readRecords } = await import('../../lib/run-store/record.js');
  const table = await tableOf(connection);
  const batches: (readonly string[])[] = [];
  for (let at = 0; at < runIds.length; at += BATCH_SIZE) batches.push(runIds.slice(at, at + BATCH_SIZE));
  const read = await Promise.all(batches.map((batch) => readRecords(batch, table)));
  return new Map(read.flatMap(({ records }) => [...records]));
}
