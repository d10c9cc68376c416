/**
 * Every change of a lock's item, as one conditional DynamoDB UpdateItem. Holder, fencing number and queue are in one
 * item, so that they can change together in one atomic write without a transaction.
 */
import type { LockState } from './lock.js';

/** A conditional update of a lock. Values are plain JSON; the sender marshals them. */
export interface LockChange {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly values: Record<string, unknown>;
}

/**
 * Largest number of runs that wait for one lock. Each write costs one write unit per kilobyte of the item, so the queue
 * is kept far below DynamoDB's limit of 400 KB: 500 ids have at most 42 KB.
 */
export const LOCK_WAITING_MAX = 500;

/** Days after its release at which the item of a lock is deleted, unless another run takes the lock or waits for it. */
const IDLE_DAYS = 90;
const SECONDS_PER_DAY = 86_400;

const NOT_REPLACED = '(attribute_not_exists(#replaced) OR NOT contains(#replaced, :runId))';
const NOT_INVOLVED = [
  '(attribute_not_exists(#holder) OR #holder.#runId <> :runId)',
  '(attribute_not_exists(#waiting) OR NOT contains(#waiting, :runId))',
  NOT_REPLACED,
].join(' AND ');

/** A run, and the time of its change. */
interface Change {
  readonly runId: string;
  readonly now: Date;
}

/**
 * Gives a lock that has neither a holder nor waiting runs to a run that was not replaced. The first fencing number of
 * an item is the time in seconds, so that the number is larger than earlier ones even if the item was deleted in
 * between.
 */
export function lockTaken({ runId, now }: Change): LockChange {
  return change(
    'SET #fence = if_not_exists(#fence, :start) + :one, #holder = :holder REMOVE #expiresAt',
    `attribute_not_exists(#holder) AND (attribute_not_exists(#waiting) OR size(#waiting) = :zero) AND ${NOT_REPLACED}`,
    ['fence', 'holder', 'waiting', 'replaced', 'expiresAt'],
    { ':start': secondsOf(now), ':one': 1, ':zero': 0, ':runId': runId, ':holder': holderOf(runId, now) },
  );
}

/** Gives a lock without a holder to the first run that waits. */
export function lockGranted({ runId, now }: Change): LockChange {
  return change(
    'SET #fence = if_not_exists(#fence, :start) + :one, #holder = :holder REMOVE #waiting[0], #expiresAt',
    'attribute_not_exists(#holder) AND #waiting[0] = :runId',
    ['fence', 'holder', 'waiting', 'expiresAt'],
    { ':start': secondsOf(now), ':one': 1, ':runId': runId, ':holder': holderOf(runId, now) },
  );
}

/** Puts a run at the end of the queue, unless it holds the lock, is in the queue, or was replaced. */
export function lockQueued({ runId }: Pick<Change, 'runId'>): LockChange {
  return change(
    'SET #waiting = list_append(if_not_exists(#waiting, :none), :queued) REMOVE #expiresAt',
    `${NOT_INVOLVED} AND (attribute_not_exists(#waiting) OR size(#waiting) < :max)`,
    ['waiting', 'holder', 'runId', 'replaced', 'expiresAt'],
    { ':none': [], ':queued': [runId], ':runId': runId, ':max': LOCK_WAITING_MAX },
  );
}

/**
 * Makes a run the only one that waits. The runs that waited before are moved to the list `replaced` until their waits
 * have been ended.
 */
export function lockReplaced({ runId }: Pick<Change, 'runId'>): LockChange {
  return change(
    'SET #replaced = list_append(if_not_exists(#replaced, :none), if_not_exists(#waiting, :none)), #waiting = :queued REMOVE #expiresAt',
    NOT_INVOLVED,
    ['waiting', 'holder', 'runId', 'replaced', 'expiresAt'],
    { ':none': [], ':queued': [runId], ':runId': runId },
  );
}

/** Releases a lock of the run that holds it. @param fence the fencing number of that run */
export function lockReleased({ runId, now, fence }: Change & { readonly fence: number }): LockChange {
  return change(
    'SET #expiresAt = :expiresAt REMOVE #holder',
    '#holder.#runId = :runId AND #fence = :fence',
    ['holder', 'runId', 'fence', 'expiresAt'],
    { ':runId': runId, ':fence': fence, ':expiresAt': secondsOf(now) + IDLE_DAYS * SECONDS_PER_DAY },
  );
}

/** Removes a run from a list of a lock. @returns undefined if the list does not have the run */
export function lockLeft(
  state: LockState,
  list: 'waiting' | 'replaced',
  runId: string,
): LockChange | undefined {
  const place = state[list].indexOf(runId);
  if (place < 0) return undefined;
  const entry = `#list[${place}]`;
  return {
    UpdateExpression: `REMOVE ${entry}`,
    ConditionExpression: `${entry} = :runId`,
    ExpressionAttributeNames: { '#list': list },
    values: { ':runId': runId },
  };
}

function holderOf(runId: string, now: Date): NonNullable<LockState['holder']> {
  return { runId, grantedAt: now.toISOString() };
}

function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1_000);
}

function change(
  UpdateExpression: string,
  ConditionExpression: string,
  attributes: readonly (keyof LockState | 'runId' | 'expiresAt')[],
  values: Record<string, unknown>,
): LockChange {
  return {
    UpdateExpression,
    ConditionExpression,
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
    values,
  };
}
