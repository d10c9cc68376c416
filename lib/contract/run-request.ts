import { z } from 'zod';

import { buildOptionsSchema } from './build-options.js';
import { bundleReferenceSchema } from './bundle-reference.js';
import { invocationSchema } from './invocation.js';
import { LABELS_MAX, LABEL_MAX_CHARACTERS, RUN_REQUEST_MAX_BYTES } from './limits.js';
import { invocationKey } from './object-keys.js';
import { parseWith } from './parse.js';
import { runIdSchema } from './run-id.js';
import { seedkitNameSchema } from './seedkit-names.js';

export const CONTRACT_VERSION = 1;

/** Who started a run. */
export const TRIGGERS = ['CLIENT', 'EVENT', 'SCHEDULE', 'INBOX'] as const;
export type Trigger = (typeof TRIGGERS)[number];

export const labelsSchema = z
  .record(z.string().min(1).max(LABEL_MAX_CHARACTERS), z.string().max(LABEL_MAX_CHARACTERS))
  .refine((labels) => Object.keys(labels).length <= LABELS_MAX, `at most ${LABELS_MAX} labels`);

const runFields = {
  version: z.literal(CONTRACT_VERSION),
  runId: runIdSchema,
  seedkit: seedkitNameSchema,
  /** The code. A run of commands alone needs none. */
  bundle: bundleReferenceSchema.optional(),
  input: z.strictObject({ key: z.string() }),
  build: buildOptionsSchema,
  trigger: z.enum(TRIGGERS).optional(),
  /** The run this one repeats. */
  retryOf: runIdSchema.optional(),
  /** Free text to find runs by. */
  labels: labelsSchema.optional(),
};

/** The input of an execution. Unknown fields are refused. */
export const runRequestSchema = z
  .strictObject(runFields)
  .refine((request) => request.input.key === invocationKey(request.runId), {
    path: ['input', 'key'],
    message: 'the input lies at runs/<runId>/input/invocation.json',
  });
export type RunRequest = z.infer<typeof runRequestSchema>;

/** @throws CodeseederError `InvalidRequest` */
export function parseRunRequest(value: unknown): RunRequest {
  // It has to be known not to be too deep before it is written out.
  parseWith(z.unknown(), value, 'run request');
  refuseOversized(value);
  return parseWith(runRequestSchema, value, 'run request');
}

/**
 * The detail of a `Run Requested` event: a run request whose id may be left to the event's own, with its
 * invocation inline, or the key of one that was put into the bucket.
 */
export const requestedRunSchema = z
  .strictObject({
    version: runFields.version,
    runId: runFields.runId.optional(),
    seedkit: runFields.seedkit.optional(),
    bundle: runFields.bundle,
    invocation: invocationSchema.optional(),
    inputKey: z.string().min(1).max(1024).optional(),
    build: runFields.build.optional(),
    retryOf: runFields.retryOf,
    labels: runFields.labels,
  })
  .refine((request) => (request.invocation === undefined) !== (request.inputKey === undefined), {
    message: 'give either invocation or inputKey',
  });
export type RequestedRun = z.infer<typeof requestedRunSchema>;

/** @throws CodeseederError `InvalidRequest` */
export function parseRequestedRun(value: unknown): RequestedRun {
  return parseWith(requestedRunSchema, value, 'Run Requested event');
}

function refuseOversized(value: unknown): void {
  const sizeBytes = Buffer.byteLength(JSON.stringify(value) ?? '');
  if (sizeBytes > RUN_REQUEST_MAX_BYTES) {
    parseWith(
      z.never({
        error: `${sizeBytes} bytes, at most ${RUN_REQUEST_MAX_BYTES}; pass large values as arguments, not in build or labels`,
      }),
      value,
      'run request',
    );
  }
}
