/** Types of the locks that a seedkit's runs hold. */
import type { RunStatus } from '../lib/contract/index.js';
import type { LookupOptions } from './call-option-types.js';

/** The run that holds a lock. */
export interface LockHolder {
  /** Id of the run. */
  readonly runId: string;
  /** When the run got the lock, in ISO 8601. */
  readonly grantedAt: string;
  /**
   * Status of the run; absent if it has no record. A run that has ended holds its lock until CodeBuild has ended its
   * build.
   */
  readonly status?: RunStatus | undefined;
  /** Id of the run's build; absent if it has none yet. */
  readonly buildId?: string | undefined;
}

/** A lock. */
export interface Lock {
  /** Name of the lock. */
  readonly name: string;
  /** Fencing number of the run that got the lock last; 0 if no run has had it yet. */
  readonly token: number;
  /** The run that holds the lock; absent if none does. */
  readonly holder?: LockHolder | undefined;
  /** Ids of the runs that wait for the lock, in the order in which they get it. */
  readonly waiting: readonly string[];
}

/** Options of `locks.release()`. */
export interface ReleaseLockOptions extends LookupOptions {
  /**
   * Whether to release the lock even if the build of the run that holds it is still running. The build of the next run
   * then runs at the same time.
   * @default false
   */
  readonly force?: boolean | undefined;
}

/** The locks of a seedkit. */
export interface Locks {
  /** Returns the locks that runs hold, wait for, or had in the last 90 days, by name. */
  list(options?: LookupOptions): Promise<Lock[]>;
  /** Returns a lock. A lock that no run ever had is returned without a holder and without waiting runs. */
  get(name: string, options?: LookupOptions): Promise<Lock>;
  /**
   * Takes a lock from the run that holds it, and gives it to the first run that waits. A run that ends releases its
   * lock, so this is needed only after a fault outside of codeseeder. Needs the rights of `grantReleaseLocks`.
   *
   * @returns the lock, with its next holder
   * @throws CodeseederError `LockNotHeld`; `LockHeld` if the run that holds the lock has no build yet or, without
   *   `force`, if its build may still run
   */
  release(name: string, options?: ReleaseLockOptions): Promise<Lock>;
}
