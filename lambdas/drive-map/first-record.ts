import {
  dayOfMaps,
  describeTarget,
  type DriveMapInput,
  type MapDescription,
  type MapRecord,
  RUN_TARGET_MAX_CHARACTERS,
  wellFormed,
} from '../../lib/contract/index.js';

/** Properties of the execution of a map. */
export type MapExecution = Pick<
  Extract<DriveMapInput, { step: 'PrepareMap' }>,
  'executionArn' | 'executionStartedAt'
>;

const SECONDS_PER_DAY = 86_400;

/** Returns the record of a map that starts. The same execution always gives the same record. */
export function firstRecord(
  description: MapDescription,
  { executionArn, executionStartedAt }: MapExecution,
  recordExpirationDays: number,
): MapRecord {
  const { mapId, seedkit, name, invocation, total, concurrency, onError, againOf } = description;
  const queuedAt = new Date(executionStartedAt);
  return {
    mapId,
    status: 'RUNNING',
    seedkit,
    name,
    kind: invocation.kind,
    target: wellFormed(describeTarget(invocation).slice(0, RUN_TARGET_MAX_CHARACTERS)),
    executionArn,
    total,
    concurrency,
    onError,
    againOf,
    queuedAt: queuedAt.toISOString(),
    day: dayOfMaps(queuedAt.toISOString().slice(0, 10)),
    expiresAt: Math.floor(queuedAt.getTime() / 1_000) + recordExpirationDays * SECONDS_PER_DAY,
  };
}
