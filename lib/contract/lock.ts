/** Locks: names that runs hold one at a time, in the order in which they queued. */
import { z } from 'zod';

import { parseWith } from './parse.js';

/** What a run does while another one holds its lock. */
export const LOCK_MODES = ['wait', 'refuse', 'replace'] as const;
/** What a run does while another one holds its lock. */
export type LockMode = (typeof LOCK_MODES)[number];

/** Name of a lock, which is the key of its item. */
export const lockNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/,
    "a lock's name has 1 to 64 letters, digits and . _ : / -, and starts with a letter or digit",
  );

/** Parses the name of a lock. @throws CodeseederError `InvalidRequest` */
export const parseLockName = (value: unknown) =>
  parseWith(lockNameSchema, value, `lock name ${JSON.stringify(value)}`);

/** The members of a request that name a lock. */
export const lockFields = {
  /** Name of the lock that the run holds while it builds. Runs with the same lock run one at a time. */
  lock: lockNameSchema.optional(),
  /** What the run does while another one holds its lock: `wait`, `refuse` or `replace`. The default is `wait`. */
  lockMode: z.enum(LOCK_MODES).optional(),
};

/** Returns false for a request that has a lock mode but no lock. */
export function hasLockOfMode({
  lock,
  lockMode,
}: {
  readonly lock?: string | undefined;
  readonly lockMode?: LockMode | undefined;
}): boolean {
  return lockMode === undefined || lock !== undefined;
}

/** Path and message of the error for a request that {@link hasLockOfMode} does not accept. */
export const LOCK_MODE_ALONE = { path: ['lockMode'], message: 'pass lockMode only together with lock' };

/** The lock of a run in the messages between the handlers. */
export const wantedLockSchema = z.object({ name: lockNameSchema, mode: z.enum(LOCK_MODES) });
export type WantedLock = z.infer<typeof wantedLockSchema>;

/** Returns the lock of a request; null for a run without one. */
export function wantedLock({
  lock,
  lockMode = 'wait',
}: {
  readonly lock?: string | undefined;
  readonly lockMode?: LockMode | undefined;
}): WantedLock | null {
  return lock === undefined ? null : { name: lock, mode: lockMode };
}

/** An item of the table `codeseeder-<seedkit>-locks`: the run that holds a lock, and the runs that wait for it. */
export const lockStateSchema = z.object({
  /** Name of the lock. */
  lock: z.string(),
  /** Fencing number of the last run that got the lock. It never decreases. */
  fence: z.int().nonnegative().default(0),
  /** The run that holds the lock. */
  holder: z
    .object({
      runId: z.string(),
      /** Time in ISO 8601 at which the run got the lock. */
      grantedAt: z.string(),
    })
    .optional(),
  /** Ids of the runs that wait, in the order in which they get the lock. */
  waiting: z.array(z.string()).default([]),
  /** Ids of runs that waited and were replaced, and whose waits have not been ended yet. */
  replaced: z.array(z.string()).default([]),
});
export type LockState = z.infer<typeof lockStateSchema>;

/** Parses an item of the table of locks. @throws CodeseederError `InvalidRequest` */
export const parseLockState = (value: unknown): LockState => parseWith(lockStateSchema, value, 'lock');

/** Returns the run that a waiting run waits for: the one before it in the queue, or else the holder. */
export function runBefore({ holder, waiting }: LockState, runId: string): string | undefined {
  const place = waiting.indexOf(runId);
  return (place > 0 ? waiting[place - 1] : undefined) ?? holder?.runId;
}

/** Returns the reason why a run stays queued. */
export function lockWaitReason(lock: string, before: string | undefined): string {
  return before === undefined
    ? `Waits for the lock ${lock}.`
    : `Waits for the lock ${lock} until the run ${before} has ended.`;
}

/** Name of the error of StartBuild that the state machine catches to wait for the lock. */
export const LOCK_AWAITED = 'LockAwaited';
