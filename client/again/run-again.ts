import {
  type AgainTargetRun,
  CodeseederError,
  definedOnly,
  endOfExecution,
  executionArnOf,
  isContentOf,
  keysOfLayer,
  parseJson,
  parseRunRequest,
  parseWith,
  runIdSchema,
  type RunInput,
  type RunRequest,
} from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { filesOf, machineOf } from '../connection/seedkit-resources.js';
import { executionConsoleUrl } from '../console-url.js';
import { executionOf } from '../run/run-end.js';
import { createRun, refuseUnknown } from '../run/run-handle.js';
import { findRecord } from '../run/run-records.js';
import type { AgainOptions } from '../call-option-types.js';
import type { Run } from '../run-types.js';
import { abortable } from '../connection/abortable.js';
import { newRunId } from '../submit/new-run-id.js';
import {
  checkOtherArguments,
  hasOtherArguments,
  type OtherArguments,
  withArguments,
} from './changed-input.js';

/**
 * Starts a run that repeats one that has ended: the same request with another id, the same bundle, a copy of the input
 * or one with other arguments. The run of an input of a map is repeated outside of the map. A run of a published target
 * starts the same version again, which needs the rights to start targets.
 * @throws CodeseederError `RunNotOver`, `RunNotFound`, `BundleMissing`, `InputMissing`, `InputChanged`,
 *   `PublishedTargetNotFound`, `RunIdConflict`, `ArgumentsNotJson`, `InvalidRequest`
 */
export async function runAgain<Value>(
  retryOf: string,
  connection: Connection,
  options: Omit<AgainOptions, 'aws'>,
): Promise<Run<Value>> {
  const { signal } = options;
  const runId = parseWith(runIdSchema, options.runId ?? newRunId(), 'run id');
  const other = checkOtherArguments(options);
  const before = await requestOf(retryOf, connection);
  if (before.published !== undefined) {
    const { startTargetAgain } = await import('../targets/target-again.js');
    const executionArn = await startTargetAgain(
      definedOnly({ runId: retryOf, newRunId: runId, ...other }) as AgainTargetRun,
      connection,
    );
    return submitted<Value>(runId, executionArn, connection, options);
  }
  const bundle = await requireBundle(before, connection, signal);
  const input = await copyInput(before, { runId, other }, connection, signal);
  // Only the map starts runs of a map. Its input is repeated by a run of its own.
  const { mapId: _, mapIndex: __, ...own } = before;
  const request = parseRunRequest({
    ...own,
    ...bundle,
    runId,
    input,
    trigger: 'CLIENT',
    retryOf,
  });
  signal?.throwIfAborted();
  const { startExecution } = await import('../../lib/run-store/execution.js');
  const executionArn = await startExecution(request, await machineOf(connection));
  return submitted<Value>(runId, executionArn, connection, options);
}

function submitted<Value>(
  runId: string,
  executionArn: string,
  connection: Connection,
  options: Omit<AgainOptions, 'aws'>,
): Run<Value> {
  const consoleUrl = executionConsoleUrl(executionArn);
  options.onProgress?.({ type: 'submitted', runId, executionArn, consoleUrl });
  return createRun<Value>(runId, executionArn, connection, options);
}

async function requestOf(runId: string, connection: Connection): Promise<RunRequest> {
  const { stateMachineArn } = await connection.deployed();
  const executionArn = executionArnOf(stateMachineArn, runId);
  const execution = await executionOf({ id: runId, executionArn, connection });
  if (execution.status === 'MISSING') {
    if ((await findRecord(runId, connection)) === undefined) refuseUnknown(runId, connection, executionArn);
    throw new CodeseederError(
      'RunNotFound',
      `The run ${runId} has a record but no execution, which has its request: Step Functions keeps an execution for 90 days. Submit the run from its source.`,
    );
  }
  if (endOfExecution(execution) === undefined) {
    throw new CodeseederError(
      'RunNotOver',
      `The run ${runId} has not ended. Wait for its end, or cancel it first.`,
    );
  }
  return parseRunRequest(parseJson(execution.input ?? '', `request of the run ${runId}`));
}

/**
 * Returns the bundle with the current sizes and checksums of its layers. A layer may have been replaced since the run
 * by one with the same files that was compressed to other bytes.
 * @throws CodeseederError `BundleMissing`
 */
async function requireBundle(
  { runId, bundle }: RunRequest,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<Pick<RunRequest, 'bundle'>> {
  if (bundle === undefined) return {};
  const { findObject } = await import('../../lib/s3-objects.js');
  const files = await filesOf(connection);
  const layers = bundle.layers.map(async (layer) => {
    const keys = keysOfLayer(layer.key);
    const found = await Promise.all(keys.map((key) => findObject(key, files, abortable(signal))));
    if (found.some((object) => object !== undefined && isContentOf(layer, object))) return layer;
    const [own] = found;
    if (own !== undefined) {
      const { checksumSha256 = layer.checksumSha256, sizeBytes } = own;
      return { ...layer, checksumSha256, sizeBytes };
    }
    throw new CodeseederError(
      'BundleMissing',
      `The layer s3://${files.bucket}/${layer.key} of the run ${runId} is no longer in the bucket: bundles expire. Submit the run from its source.`,
    );
  });
  return { bundle: { layers: await Promise.all(layers) } };
}

/**
 * Copies the input of a run to the key of the new run, with other arguments if there are some. Repeating the call
 * changes nothing.
 * @throws CodeseederError `InputMissing`; `InputChanged` if the input differs from the one that the run was started
 *   with
 */
async function copyInput(
  { runId: from, input }: RunRequest,
  { runId: to, other }: { readonly runId: string; readonly other: OtherArguments },
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<RunInput> {
  const { putInput, readInvocation } = await import('../../lib/run-store/files.js');
  const files = await filesOf(connection);
  const { content } = await readInvocation(input, files).catch((error: unknown) => {
    if (!(error instanceof CodeseederError && error.code === 'InputMissing')) throw error;
    throw new CodeseederError(
      'InputMissing',
      `The input s3://${files.bucket}/${input.key} of the run ${from} is no longer in the bucket: the files of runs expire. Submit the run from its source.`,
      { cause: error },
    );
  });
  const wanted = hasOtherArguments(other) ? withArguments(from, content, other) : content;
  return putInput(to, wanted, files, abortable(signal));
}
