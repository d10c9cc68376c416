import { CodeseederError, type LockState, parseLockName, type RunOfLock } from '../../lib/contract/index.js';
import type { LeaveLockClients } from '../../lib/run-store/leave-lock.js';
import type { Connection } from '../connection/connection.js';
import { locksOf, tableOf } from '../connection/seedkit-resources.js';
import type { Lock } from '../lock-types.js';
import { describeLock } from './read-locks.js';

/**
 * Takes a lock from the run that holds it, and gives it to the first run that waits.
 * @throws CodeseederError `LockNotHeld`; `LockHeld` if the run that holds the lock has no build yet or, without
 *   `force`, if its build may still run
 */
export async function releaseLockOf(name: string, connection: Connection, force: boolean): Promise<Lock> {
  const lock = parseLockName(name);
  const { readLock } = await import('../../lib/run-store/lock.js');
  const { readRunOfLock, releaseLock, settleLock } = await import('../../lib/run-store/settle-lock.js');
  const clients = await clientsOf(connection);
  const state = await readLock(lock, clients);
  const { holder } = state;
  if (holder === undefined) throw notHeld(lock, connection);
  const run = await readRunOfLock(holder.runId, clients);
  if (run !== undefined) await refuseRunning(run, state, force, clients);
  if ((await releaseLock(state, clients)) === undefined) throw notHeld(lock, connection);
  return describeLock(await settleLock(lock, clients), connection);
}

async function clientsOf(connection: Connection): Promise<LeaveLockClients> {
  return {
    ...(await tableOf(connection)),
    ...(await locksOf(connection)),
    sfn: await connection.clients.states(),
    codebuild: await connection.clients.codeBuild(),
    now: () => new Date(),
  };
}

async function refuseRunning(
  run: RunOfLock,
  { lock }: LockState,
  force: boolean,
  clients: LeaveLockClients,
): Promise<void> {
  const { runId, status, buildId } = run;
  if (status === 'QUEUED') {
    throw new CodeseederError(
      'LockHeld',
      `The run ${runId}, which holds the lock ${lock}, has no build yet. Cancel the run: it then releases the lock.`,
    );
  }
  if (force) return;
  const { isBuildOver } = await import('../../lib/run-store/leave-lock.js');
  if (await isBuildOver(run, clients)) return;
  const build = buildId === undefined ? 'A build that was requested' : `The build ${buildId}`;
  throw new CodeseederError(
    'LockHeld',
    `${build} of the run ${runId} (${status}), which holds the lock ${lock}, may still be running. Cancel the run and wait, or release the lock anyway with the option force (--force): the next run then builds at the same time.`,
  );
}

function notHeld(lock: string, { seedkit }: Connection): CodeseederError {
  return new CodeseederError('LockNotHeld', `No run of the seedkit ${seedkit} holds the lock ${lock}.`);
}
