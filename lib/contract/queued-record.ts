import { z } from 'zod';

import { wellFormed } from './bounded-text.js';
import { bundleReferenceSchema } from './bundle-reference.js';
import { describeTarget, type InvocationHead } from './invocation.js';
import { RUN_TARGET_MAX_CHARACTERS } from './limits.js';
import { lockNameSchema } from './lock.js';
import { inputIndexSchema, mapIdSchema } from './map-id.js';
import { runIdSchema } from './run-id.js';
import type { RunRecord } from './run-record.js';
import { type Trigger, TRIGGERS } from './run-request.js';
import { labelsSchema, runNameSchema } from './run-values.js';
import { requestedVersionSchema } from './published-run.js';

/** The values from which the first record of a run is created. */
export interface QueuedRun {
  readonly runId: string;
  readonly seedkit: string;
  readonly executionArn: string;
  /** Start of the execution in ISO 8601. */
  readonly executionStartedAt: string;
  readonly recordExpirationDays: number;
  /** The unchecked input of the execution. Fields that are not valid are left out of the record. */
  readonly request: unknown;
  readonly invocation?: InvocationHead;
  /** The trigger of the run. @default the trigger in the request, or `CLIENT` without one */
  readonly trigger?: Trigger | undefined;
  /** Whether the map that the request names started the run. Otherwise the record names no map. @default true */
  readonly isOfMap?: boolean | undefined;
}

const SECONDS_PER_DAY = 86_400;

/** Creates the record of a queued run. */
export function queuedRecord(run: QueuedRun): RunRecord {
  const queuedAt = new Date(run.executionStartedAt);
  const { bundle, labels, name, lock, debugSession, retryOf, mapId, mapIndex, published, ...fields } =
    readableFields(run.request);
  const { isOfMap = true } = run;
  const trigger = run.trigger ?? fields.trigger ?? 'CLIENT';
  return {
    runId: run.runId,
    status: 'QUEUED',
    seedkit: run.seedkit,
    bundle,
    kind: run.invocation?.kind,
    target: run.invocation && wellFormed(describeTarget(run.invocation).slice(0, RUN_TARGET_MAX_CHARACTERS)),
    name,
    executionArn: run.executionArn,
    queuedAt: queuedAt.toISOString(),
    retryOf,
    mapId: isOfMap ? mapId : undefined,
    mapIndex: isOfMap ? mapIndex : undefined,
    trigger,
    // A request of a client cannot name a published version: only `start-run` and `start-target` may.
    published: trigger === 'CLIENT' ? undefined : published,
    labels,
    lock,
    debugSession,
    day: queuedAt.toISOString().slice(0, 10),
    expiresAt: Math.floor(queuedAt.getTime() / 1000) + run.recordExpirationDays * SECONDS_PER_DAY,
  };
}

function readableFields(request: unknown) {
  const fields = z.record(z.string(), z.unknown()).catch({}).parse(request);
  return {
    bundle: bundleReferenceSchema.optional().catch(undefined).parse(fields['bundle']),
    lock: lockNameSchema.optional().catch(undefined).parse(fields['lock']),
    debugSession: debugSessionOf(fields['build']),
    labels: labelsSchema.optional().catch(undefined).parse(fields['labels']),
    name: runNameSchema.optional().catch(undefined).parse(fields['name']),
    retryOf: runIdSchema.optional().catch(undefined).parse(fields['retryOf']),
    mapId: mapIdSchema.optional().catch(undefined).parse(fields['mapId']),
    mapIndex: inputIndexSchema.optional().catch(undefined).parse(fields['mapIndex']),
    published: publishedRunOf(fields['published']),
    trigger: z.enum(TRIGGERS).optional().catch(undefined).parse(fields['trigger']),
  };
}

/**
 * Returns whether shells can be opened in the build. The state machine can pass texts on to DynamoDB, but no booleans.
 */
function debugSessionOf(build: unknown): 'ENABLED' | undefined {
  const { debugSession } = z.looseObject({ debugSession: z.unknown() }).partial().catch({}).parse(build);
  return debugSession === undefined || debugSession === false ? undefined : 'ENABLED';
}

function publishedRunOf(value: unknown): RunRecord['published'] {
  const version = requestedVersionSchema.optional().catch(undefined).parse(value);
  return version && { name: version.name, version: version.version };
}
