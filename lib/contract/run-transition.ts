/**
 * Every change of a run's record, as one conditional DynamoDB UpdateItem. A record is created as QUEUED, becomes
 * BUILDING and ends with a terminal status, which no later change replaces.
 */
import { boundedText } from './bounded-text.js';
import { phasesFrom } from './build-phases.js';
import { type FacetEntry, positionOf, statusPartition } from './facets.js';
import { FAILURE_MESSAGE_MAX_CHARACTERS } from './limits.js';
import { ACTIVE_STATUSES, type RunRecord } from './run-record.js';

/** The attributes a transition may set. The key and the members that identify the run never change. */
export type RunChange = Partial<Omit<RunRecord, 'runId'>>;

/** The attributes of an item: those of the record, and those of its entry in the index by facet. */
type ItemChange = RunChange & Partial<FacetEntry>;

/** A conditional update of one record. Values are plain JSON; the sender marshals them. */
export interface RunTransition {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly values: Record<string, unknown>;
}

/**
 * Changes a run whose status is not terminal. DynamoDB rejects the update with `ConditionalCheckFailedException` when
 * the run has ended.
 *
 * @param record attributes of the record to set. A new status moves the run's entry in the index by facet
 * @param base attributes to set only where the record has none, which creates the record of a run that has none
 */
export function transitionOfActiveRun(record: RunChange, base: ItemChange = {}): RunTransition {
  // A record that an earlier version wrote has no position. It gets no entry in the index, and is found by time.
  const change: ItemChange =
    record.status === undefined ? record : { ...record, facet: statusPartition(record.status) };
  const added = definedEntries(base).filter(([attribute]) => change[attribute] === undefined);
  const sets = [
    ...definedEntries(change).map(([attribute]) => `#${attribute} = :${attribute}`),
    ...added.map(([attribute]) => `#${attribute} = if_not_exists(#${attribute}, :${attribute})`),
  ];
  const transition = activeRun(
    `SET ${sets.join(', ')}`,
    [...definedEntries(change), ...added],
    added.length > 0,
  );
  return isEnd(change) ? withoutToken(transition) : transition;
}

/**
 * Ends a run that has not ended.
 * @param base the record to create when the run has none
 */
export function transitionToEnd(end: RunChange, base: RunRecord | undefined): RunTransition {
  if (base === undefined) return transitionOfActiveRun(end);
  const { runId: _runId, ...attributes } = base;
  return transitionOfActiveRun(end, { ...attributes, position: positionOf(base) });
}

/** Sets the build of a run that has not ended. Keeps a phase that an event of the build recorded before. */
export function transitionToBuild(buildId: string, phase: string): RunTransition {
  return activeRun('SET #buildId = :buildId, #phase = if_not_exists(#phase, :phase)', [
    ['buildId', buildId],
    ['phase', phase],
  ]);
}

/** Sets the token that ends the state machine's wait for the build. */
export function transitionToWaiting(taskToken: string): RunTransition {
  return activeRun('SET #taskToken = :taskToken', [['taskToken', taskToken]]);
}

/**
 * Sets the phase of the build, unless the record names another build, or has that phase or a later one: events may come
 * out of order.
 */
export function transitionToPhase(buildId: string, phase: string): RunTransition {
  const notBefore = phasesFrom(phase).map((name, index) => [`:notBefore${index}`, name] as const);
  const { ConditionExpression, ...transition } = activeRun('SET #phase = :phase', [
    ['phase', phase],
    ['buildId', buildId],
  ]);
  const names = notBefore.map(([name]) => name).join(', ');
  return {
    ...transition,
    ConditionExpression: `(${ConditionExpression}) AND #buildId = :buildId AND (attribute_not_exists(#phase) OR NOT #phase IN (${names}))`,
    values: { ...transition.values, ...Object.fromEntries(notBefore) },
  };
}

/** Sets the time of a request for a build. Keeps the time of an earlier request that had no answer. */
export function transitionToBuildRequested(buildRequestedAt: string): RunTransition {
  return activeRun('SET #buildRequestedAt = if_not_exists(#buildRequestedAt, :buildRequestedAt)', [
    ['buildRequestedAt', buildRequestedAt],
  ]);
}

/**
 * Sets the time of a request for the build of a run that holds a lock. Sets its fencing number, and removes the reason
 * why it waited.
 */
export function transitionToBuildRequestedWithLock(
  buildRequestedAt: string,
  lockToken: number,
): RunTransition {
  const { ExpressionAttributeNames, ...transition } = activeRun(
    'SET #buildRequestedAt = if_not_exists(#buildRequestedAt, :buildRequestedAt), #lockToken = :lockToken REMOVE #queuedReason',
    [
      ['buildRequestedAt', buildRequestedAt],
      ['lockToken', lockToken],
    ],
  );
  const names = { ...ExpressionAttributeNames, '#queuedReason': 'queuedReason' };
  return { ...transition, ExpressionAttributeNames: names };
}

/** Removes the time of a request that started no build. @param reason CodeBuild's message, if it answered */
export function transitionToNoBuildRequested(reason?: string): RunTransition {
  const remove = 'REMOVE #buildRequestedAt';
  if (reason === undefined) return existingRun(remove, ['buildRequestedAt'], {});
  return existingRun(`SET #queuedReason = :queuedReason ${remove}`, ['buildRequestedAt', 'queuedReason'], {
    ':queuedReason': boundedText(reason, FAILURE_MESSAGE_MAX_CHARACTERS),
  });
}

/** Sets why no build could be started. @param reason CodeBuild's message */
export function transitionToQueuedReason(reason: string): RunTransition {
  return existingRun('SET #queuedReason = :queuedReason', ['queuedReason'], {
    ':queuedReason': boundedText(reason, FAILURE_MESSAGE_MAX_CHARACTERS),
  });
}

/** Sets the id of a build that was found after its run had ended. */
export function transitionToBuildFound(buildId: string): RunTransition {
  return existingRun('SET #buildId = :buildId', ['buildId'], { ':buildId': buildId });
}

/** Sets the time at which the event of a run's end was sent. */
export function transitionToAnnounced(announcedAt: string): RunTransition {
  return existingRun('SET #announcedAt = :announcedAt', ['announcedAt'], { ':announcedAt': announcedAt });
}

function isEnd({ status }: RunChange): boolean {
  return status !== undefined && !ACTIVE_STATUSES.some((active) => active === status);
}

/** After the end of a run nothing waits for the token, so it is removed. */
function withoutToken(transition: RunTransition): RunTransition {
  return {
    ...transition,
    UpdateExpression: `${transition.UpdateExpression} REMOVE #taskToken`,
    ExpressionAttributeNames: { ...transition.ExpressionAttributeNames, '#taskToken': 'taskToken' },
  };
}

function activeRun(
  UpdateExpression: string,
  entries: readonly (readonly [string, unknown])[],
  mayBeNew = false,
): RunTransition {
  const active = ACTIVE_STATUSES.map((status, index) => [`:active${index}`, status] as const);
  const isNew = mayBeNew ? 'attribute_not_exists(#status) OR ' : '';
  return {
    UpdateExpression,
    ConditionExpression: `${isNew}#status IN (${active.map(([name]) => name).join(', ')})`,
    ExpressionAttributeNames: namesOf(['status', ...entries.map(([attribute]) => attribute)]),
    values: {
      ...Object.fromEntries(entries.map(([attribute, value]) => [`:${attribute}`, value])),
      ...Object.fromEntries(active),
    },
  };
}

function existingRun(
  UpdateExpression: string,
  attributes: readonly string[],
  values: Record<string, unknown>,
): RunTransition {
  return {
    UpdateExpression,
    ConditionExpression: 'attribute_exists(#runId)',
    ExpressionAttributeNames: namesOf([...attributes, 'runId']),
    values,
  };
}

function namesOf(attributes: readonly string[]): Record<string, string> {
  return Object.fromEntries(attributes.map((attribute) => [`#${attribute}`, attribute]));
}

function definedEntries(change: ItemChange): [keyof ItemChange, unknown][] {
  return (Object.entries(change) as [keyof ItemChange, unknown][]).filter(([, value]) => value !== undefined);
}
