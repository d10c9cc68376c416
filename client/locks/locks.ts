import { CodeseederError } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import type { KitAccess } from '../kit-access.js';
import type { Locks } from '../lock-types.js';

/** Returns the locks of a kit. Their modules are loaded by the first call. */
export function locksOfKit(kit: KitAccess): Locks {
  return {
    async list({ aws } = {}) {
      const { listLocks } = await import('./read-locks.js');
      const connection = await kit.connection(aws);
      return listLocks(connection).catch(noTable(connection));
    },
    async get(name, { aws } = {}) {
      const { findLock } = await import('./read-locks.js');
      const connection = await kit.connection(aws);
      return findLock(name, connection).catch(noTable(connection));
    },
    async release(name, { aws, force = false } = {}) {
      const { releaseLockOf } = await import('./release-lock.js');
      const connection = await kit.connection(aws);
      return releaseLockOf(name, connection, force).catch(noTable(connection));
    },
  };
}

/** Seedkits of earlier versions have no table of locks. */
function noTable({ seedkit }: Connection): (cause: unknown) => never {
  return (cause) => {
    if (!(cause instanceof Error) || cause.name !== 'ResourceNotFoundException') throw cause;
    throw new CodeseederError(
      'SeedkitNotReady',
      `The seedkit ${seedkit} has no locks, because an earlier version deployed it. Deploy it again. \`codeseeder upgrade --seedkit ${seedkit}\` names the command.`,
      { cause },
    );
  };
}
