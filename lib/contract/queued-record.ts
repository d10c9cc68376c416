import { z } from 'zod';

import { bundleReferenceSchema } from './bundle-reference.js';
import { describeTarget, type Invocation } from './invocation.js';
import { runIdSchema } from './run-id.js';
import type { RunRecord } from './run-record.js';
import { labelsSchema, TRIGGERS } from './run-request.js';

/** What a record is made of before its run has done anything. */
export interface QueuedRun {
  readonly runId: string;
  readonly seedkit: string;
  readonly executionArn: string;
  /** ISO 8601, when the execution started. */
  readonly executionStartedAt: string;
  readonly recordExpirationDays: number;
  /** The execution's input, possibly one that breaks the contract: what cannot be read of it is left out. */
  readonly request: unknown;
  readonly invocation?: Invocation;
}

const SECONDS_PER_DAY = 86_400;
const TARGET_MAX_CHARACTERS = 500;

/** The record of a run as it is queued. */
export function queuedRecord(run: QueuedRun): RunRecord {
  const queuedAt = new Date(run.executionStartedAt);
  const { bundle, labels, retryOf, trigger } = readableFields(run.request);
  return {
    runId: run.runId,
    status: 'QUEUED',
    seedkit: run.seedkit,
    ...(bundle !== undefined && { bundle }),
    ...(run.invocation !== undefined && {
      kind: run.invocation.kind,
      target: describeTarget(run.invocation).slice(0, TARGET_MAX_CHARACTERS),
    }),
    executionArn: run.executionArn,
    queuedAt: queuedAt.toISOString(),
    ...(retryOf !== undefined && { retryOf }),
    trigger: trigger ?? 'CLIENT',
    ...(labels !== undefined && { labels }),
    day: queuedAt.toISOString().slice(0, 10),
    expiresAt: Math.floor(queuedAt.getTime() / 1000) + run.recordExpirationDays * SECONDS_PER_DAY,
  };
}

function readableFields(request: unknown) {
  const fields = z.record(z.string(), z.unknown()).catch({}).parse(request);
  return {
    bundle: bundleReferenceSchema.optional().catch(undefined).parse(fields['bundle']),
    labels: labelsSchema.optional().catch(undefined).parse(fields['labels']),
    retryOf: runIdSchema.optional().catch(undefined).parse(fields['retryOf']),
    trigger: z.enum(TRIGGERS).optional().catch(undefined).parse(fields['trigger']),
  };
}
