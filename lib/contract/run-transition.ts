import { ACTIVE_STATUSES, type RunRecord } from './run-record.js';

/** The attributes a transition may set; the key and what identifies the run never change. */
export type RunChange = Partial<Omit<RunRecord, 'runId'>>;

/** A conditional update of one record, values as plain JSON (marshalled by whoever sends it). */
export interface RunTransition {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly values: Record<string, unknown>;
}

/**
 * Brings a run from a status that is not terminal to what `change` says. DynamoDB refuses it with
 * `ConditionalCheckFailedException` when the run is over, so a terminal status never changes.
 *
 * @param base attributes to set only where the record has none: makes the record of a run that was never queued
 */
export function transitionOfActiveRun(change: RunChange, base: RunChange = {}): RunTransition {
  const names: Record<string, string> = { '#status': 'status' };
  const values: Record<string, unknown> = {};
  const sets = [
    ...definedEntries(change).map(([attribute, value]) => assign(attribute, value, false)),
    ...definedEntries(base)
      .filter(([attribute]) => change[attribute] === undefined)
      .map(([attribute, value]) => assign(attribute, value, true)),
  ];
  ACTIVE_STATUSES.forEach((status, index) => (values[`:active${index}`] = status));
  const isNew = Object.keys(base).length > 0 ? 'attribute_not_exists(#status) OR ' : '';
  return {
    UpdateExpression: `SET ${sets.join(', ')}`,
    ConditionExpression: `${isNew}#status IN (${ACTIVE_STATUSES.map((_, index) => `:active${index}`).join(', ')})`,
    ExpressionAttributeNames: names,
    values,
  };

  function assign(attribute: string, value: unknown, onlyIfMissing: boolean): string {
    names[`#${attribute}`] = attribute;
    values[`:${attribute}`] = value;
    return onlyIfMissing
      ? `#${attribute} = if_not_exists(#${attribute}, :${attribute})`
      : `#${attribute} = :${attribute}`;
  }
}

/** Notes on a terminal record that its event went out. */
export function transitionToAnnounced(announcedAt: string): RunTransition {
  return {
    UpdateExpression: 'SET #announcedAt = :announcedAt',
    ConditionExpression: 'attribute_exists(#runId)',
    ExpressionAttributeNames: { '#announcedAt': 'announcedAt', '#runId': 'runId' },
    values: { ':announcedAt': announcedAt },
  };
}

function definedEntries(change: RunChange): [keyof RunChange, unknown][] {
  return (Object.entries(change) as [keyof RunChange, unknown][]).filter(([, value]) => value !== undefined);
}
