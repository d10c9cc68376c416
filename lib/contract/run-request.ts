import { z } from 'zod';

import { type BuildOptions, buildOptionsSchema } from './build-options.js';
import { bundleReferenceSchema } from './bundle-reference.js';
import { cacheFields, type RunCache } from './run-cache.js';
import { isLambdaCompute } from './compute.js';
import { contentDigest, contentDigestSchema, sha256Schema } from './content-digest.js';
import { withNamedInput } from './inline-invocation.js';
import { invocationSchema, parseInvocationHead } from './invocation.js';
import { outlineJson } from './json-outline.js';
import { INVOCATION_HEAD_MAX_BYTES, RUN_REQUEST_MAX_BYTES } from './limits.js';
import { hasLockOfMode, LOCK_MODE_ALONE, lockFields } from './lock.js';
import { inputIndexSchema, mapIdSchema } from './map-id.js';
import { invocationKey } from './object-keys.js';
import { parseWith, refuseLostNames } from './parse.js';
import { runIdSchema } from './run-id.js';
import { labelsSchema, runNameSchema } from './run-values.js';
import { seedkitNameSchema } from './seedkit-names.js';
import { requestedVersionSchema } from './published-run.js';

/** Version of requests and events. */
export const CONTRACT_VERSION = 1;

/** The ways to start a run. */
export const TRIGGERS = ['CLIENT', 'EVENT', 'SCHEDULE', 'INBOX', 'TARGET'] as const;
export type Trigger = (typeof TRIGGERS)[number];

const runFields = {
  version: z.literal(CONTRACT_VERSION),
  runId: runIdSchema,
  seedkit: seedkitNameSchema,
  /** The code of the run. A run of commands can omit it. */
  bundle: bundleReferenceSchema.optional(),
  /** The run's invocation in the bucket, with the digest of its content. */
  input: z.strictObject({ key: z.string(), ...contentDigestSchema.shape }),
  build: buildOptionsSchema,
  trigger: z.enum(TRIGGERS).optional(),
  /** Id of the run that this run repeats. */
  retryOf: runIdSchema.optional(),
  /** Name that lists show in place of the target, and by which the run can be found. */
  name: runNameSchema.optional(),
  /** Free text by which runs can be found. */
  labels: labelsSchema.optional(),
  /** The published version that the run executes. Only `start-run` and `start-target` may name one. */
  published: requestedVersionSchema.optional(),
  ...lockFields,
  ...cacheFields,
};

const mapFields = {
  /** Id of the map that the run belongs to. */
  mapId: mapIdSchema.optional(),
  /** Index of the run's input in the map, counted from 0. */
  mapIndex: inputIndexSchema.optional(),
};

/** Returns false for a request that has a cache but runs on Lambda compute, which cannot cache. */
function canCache(request: {
  readonly cache?: RunCache | undefined;
  readonly build?: BuildOptions | undefined;
}): boolean {
  return request.cache === undefined || !isLambdaCompute(request.build ?? {});
}

const NO_CACHE_ON_LAMBDA = {
  path: ['cache'],
  message: 'Lambda compute has no cache; use another computeType, or leave the cache out',
};

/** The input of an execution. Unknown fields are not valid. */
export const runRequestSchema = z
  .strictObject({ ...runFields, ...mapFields })
  .refine((request) => request.input.key === invocationKey(request.runId), {
    path: ['input', 'key'],
    message: 'the key must be runs/<runId>/input/invocation.json',
  })
  .refine(hasLockOfMode, LOCK_MODE_ALONE)
  .refine(canCache, NO_CACHE_ON_LAMBDA);
export type RunRequest = z.infer<typeof runRequestSchema>;
/** The invocation of a run: its key, and the digest of its content. */
export type RunInput = RunRequest['input'];

/** Returns a placeholder for an input that is not stored yet, so that the rest of the request can be checked. */
export function pendingInput(runId: string): RunInput {
  return { key: invocationKey(runId), ...contentDigest(Buffer.of()) };
}

/**
 * Parses a run request. A request with an inline invocation gets an `input` that names where `prepare-run` stores it.
 * @throws CodeseederError `InvalidRequest`
 */
export function parseRunRequest(value: unknown): RunRequest {
  // Depth and names are checked first, because JSON.stringify could exhaust the stack on a deeply nested value.
  refuseLostNames(value, 'run request', ['invocation']);
  const request = withNamedInput(value);
  refuseOversized(request);
  return parseWith(runRequestSchema, request, 'run request');
}

/**
 * Detail of a `Run Requested` event. The run id defaults to the event's id. The invocation is inline, or `inputKey` is
 * the key of an invocation in the bucket.
 */
export const requestedRunSchema = z
  .strictObject({
    /** Version of the request. */
    version: runFields.version,
    /** Id of the run. Without it, the run gets the id of the event. */
    runId: runFields.runId.optional(),
    /** Name of the seedkit. If present, it must be the seedkit that gets the request. */
    seedkit: runFields.seedkit.optional(),
    /** The code, in the form of `bundle` in a run's record. Commands need none. */
    bundle: runFields.bundle,
    /**
     * What to run: `{ kind: 'commands', target: ['...'] }`, `{ kind: 'node', target: { module, exportName }, args }` or
     * `{ kind: 'python', target: { module, functionName }, args, kwargs }`.
     */
    invocation: invocationSchema.optional(),
    /** Key of an invocation in the bucket, in place of `invocation`. */
    inputKey: z.string().min(1).max(1024).optional(),
    /** SHA-256 of the object at `inputKey`, in lower-case hexadecimal. Another content is refused. */
    inputSha256: sha256Schema.optional(),
    /** How the build is made: `BuildOptions`. */
    build: runFields.build.optional(),
    /** Id of the run that this run repeats. */
    retryOf: runFields.retryOf,
    /** Name of the run, shown in lists in place of its target. One line of up to 128 characters. */
    name: runFields.name,
    /** Labels of the run: name to free text. */
    labels: runFields.labels,
    /** Name of the lock that the run holds while it builds. Runs with the same lock run one at a time. */
    lock: runFields.lock,
    /** What the run does while another one holds its lock: `wait`, `refuse` or `replace`. The default is `wait`. */
    lockMode: runFields.lockMode,
    /** Folders that the build restores and saves: `{ key, fallbackKeys, paths }`, with a key that is not a template. */
    cache: runFields.cache,
    /**
     * Digest of what the build installs from package indexes, as a client computes it. The build caches what it
     * installs under this digest.
     */
    installsDigest: runFields.installsDigest,
  })
  .refine((request) => (request.invocation === undefined) !== (request.inputKey === undefined), {
    message: 'pass either invocation or inputKey',
  })
  .refine(({ inputKey, inputSha256 }) => inputSha256 === undefined || inputKey !== undefined, {
    path: ['inputSha256'],
    message: 'pass inputSha256 with inputKey only',
  })
  .refine(hasLockOfMode, LOCK_MODE_ALONE)
  .refine(canCache, NO_CACHE_ON_LAMBDA);
export type RequestedRun = z.infer<typeof requestedRunSchema>;

/** Parses the detail of a `Run Requested` event. @throws CodeseederError `InvalidRequest` */
export function parseRequestedRun(value: unknown): RequestedRun {
  refuseLostNames(value, 'Run Requested event', ['invocation']);
  return parseWith(requestedRunSchema, value, 'Run Requested event');
}

/**
 * Parses the JSON text of a request. The arguments of its invocation are checked, but not parsed into values.
 * @param subject names the text in errors
 * @returns the request, whose invocation has no arguments, and the text of its invocation
 * @throws CodeseederError `InvalidRequest`
 */
export function parseRequestText(
  bytes: Uint8Array,
  subject: string,
): { readonly request: RequestedRun; readonly input: Uint8Array | undefined } {
  const maxBytes = INVOCATION_HEAD_MAX_BYTES;
  const { value, texts } = outlineJson(bytes, { subject, unread: ['invocation'], maxBytes });
  const input = texts.get('invocation');
  if (input === undefined) return { request: parseRequestedRun(value), input };
  const head = parseInvocationHead(input, 'invocation of the request');
  const withoutArguments = { ...head, ...ARGUMENTS[head.kind] };
  return { request: parseRequestedRun({ ...(value as object), invocation: withoutArguments }), input };
}

const ARGUMENTS = { node: { args: [] }, python: { args: [], kwargs: {} }, commands: {} } as const;

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
