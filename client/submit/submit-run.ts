import {
  CodeseederError,
  findJsonFault,
  INVOCATION_MAX_BYTES,
  invocationKey,
  parseRunRequest,
  runIdSchema,
  parseWith,
  type Invocation,
  type RunRequest,
} from '../../lib/contract/index.js';
import { packBundle, type BundleContents, type PackedBundle } from '../bundle/pack-bundle.js';
import { prebuiltBundle } from '../bundle/prebuilt-bundle.js';
import type { Connection } from '../connection/connection.js';
import { createRun } from '../run/run-handle.js';
import { executionConsoleUrl } from '../run/console-url.js';
import type { CallOptions, Run } from '../seedkit-types.js';
import { putInput } from './put-input.js';
import type { MergedOptions } from './run-options.js';
import { newRunId } from './new-run-id.js';
import { startExecution } from './start-execution.js';
import { uploadBundle } from './upload-bundle.js';

/** A run about to be submitted. */
export interface Submission {
  readonly contents: BundleContents;
  /** What to run, known once the bundle's modules and their exports are. */
  readonly invocation: (bundle: PackedBundle) => Promise<Invocation> | Invocation;
  readonly options: MergedOptions<CallOptions>;
}

/**
 * Checks, packs, uploads what is not there yet, and starts the run. Nothing is uploaded before the seedkit is
 * found and the request is known to be good. An abort comes before the start of the run or after it: broken off in
 * between, the run might go on unknown to its caller.
 */
export async function submitRun<Value>(submission: Submission, connection: Connection): Promise<Run<Value>> {
  const { options } = submission;
  const { onProgress, signal } = options;
  signal?.throwIfAborted();
  const runId = parseWith(runIdSchema, options.runId ?? newRunId(), 'run id');
  // A seedkit that is not there is told before the work of packing.
  await connection.deployed();
  if (options.prebuiltBundle === undefined) onProgress?.({ type: 'packing' });
  const bundle = await (options.prebuiltBundle === undefined
    ? packBundle(submission.contents)
    : prebuiltBundle(options.prebuiltBundle, connection, signal));
  try {
    const { sha256, sizeBytes } = bundle.reference;
    onProgress?.({ type: 'packed', sha256, sizeBytes });
    const request = parseRunRequest(requestOf(runId, bundle, connection.seedkit, options));
    const invocation = await submission.invocation(bundle);
    const input = JSON.stringify(invocation);
    if (Buffer.byteLength(input) > INVOCATION_MAX_BYTES) throw tooLarge();
    signal?.throwIfAborted();
    await uploadBundle(bundle, connection, { onProgress, signal });
    await putInput(runId, input, connection, signal);
    signal?.throwIfAborted();
    const executionArn = await startExecution(request, connection);
    onProgress?.({ type: 'submitted', runId, executionArn, consoleUrl: executionConsoleUrl(executionArn) });
    return createRun<Value>(runId, executionArn, connection, options);
  } finally {
    await bundle.dispose();
  }
}

/**
 * Arguments as they will travel.
 * @throws CodeseederError `ArgumentsNotJson` naming the path of what JSON cannot carry, `InvalidRequest` when there
 * is too much of it
 */
export function checkArguments(args: readonly unknown[]): Extract<Invocation, { kind: 'node' }>['args'] {
  requireJson(args, 'args');
  return args as Extract<Invocation, { kind: 'node' }>['args'];
}

/** Keyword arguments as they will travel. @throws CodeseederError as {@link checkArguments} does */
export function checkKeywordArguments(
  kwargs: Readonly<Record<string, unknown>>,
): Extract<Invocation, { kind: 'python' }>['kwargs'] {
  requireJson(kwargs, 'kwargs');
  return kwargs as Extract<Invocation, { kind: 'python' }>['kwargs'];
}

function requireJson(args: unknown, root: string): void {
  const fault = findJsonFault(args, root, INVOCATION_MAX_BYTES);
  if (fault?.kind === 'tooLarge') throw tooLarge();
  if (fault !== undefined) {
    throw new CodeseederError(
      'ArgumentsNotJson',
      `The arguments are not JSON: ${fault.path} ${fault.problem}.`,
    );
  }
}

function requestOf(
  runId: string,
  bundle: PackedBundle,
  seedkit: string,
  { build = {}, labels, retryOf }: Submission['options'],
): RunRequest {
  return {
    version: 1,
    runId,
    seedkit,
    bundle: bundle.reference,
    input: { key: invocationKey(runId) },
    build,
    trigger: 'CLIENT',
    ...(retryOf !== undefined && { retryOf }),
    ...(labels !== undefined && Object.keys(labels).length > 0 && { labels: { ...labels } }),
  };
}

function tooLarge(): CodeseederError {
  return new CodeseederError(
    'InvalidRequest',
    `The arguments are larger than ${INVOCATION_MAX_BYTES} bytes as JSON. Take them along as files, or put them into S3 and pass where they are.`,
  );
}
