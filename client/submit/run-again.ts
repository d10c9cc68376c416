import {
  CodeseederError,
  executionArnOf,
  invocationKey,
  parseJson,
  parseRunRequest,
  parseWith,
  runIdSchema,
  type RunRequest,
} from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { describeExecution } from '../run/describe-execution.js';
import { executionConsoleUrl } from '../run/console-url.js';
import { createRun, runNotFound } from '../run/run-handle.js';
import { findRecord } from '../run/run-records.js';
import { isEnded } from '../run/unrecorded-end.js';
import type { AgainOptions, Run } from '../seedkit-types.js';
import { abortable } from './abortable.js';
import { findObject } from './find-object.js';
import { httpStatusOf } from './http-status.js';
import { newRunId } from './new-run-id.js';
import { startExecution } from './start-execution.js';

/**
 * Starts a new run of what a run did that is over: its request with another id, its bundle, a copy of its input.
 * @throws CodeseederError `RunNotOver`, `RunNotFound`, `BundleMissing`, `InputMissing`, `RunIdConflict`
 */
export async function runAgain<Value>(
  retryOf: string,
  connection: Connection,
  options: Omit<AgainOptions, 'aws'>,
): Promise<Run<Value>> {
  const { signal } = options;
  const runId = parseWith(runIdSchema, options.runId ?? newRunId(), 'run id');
  const before = await requestOf(retryOf, connection);
  const bundle = await requireBundle(before, connection, signal);
  await copyInput(before, runId, connection, signal);
  const request = parseRunRequest({
    ...before,
    ...bundle,
    runId,
    input: { key: invocationKey(runId) },
    trigger: 'CLIENT',
    retryOf,
  });
  signal?.throwIfAborted();
  const executionArn = await startExecution(request, connection);
  const consoleUrl = executionConsoleUrl(executionArn);
  options.onProgress?.({ type: 'submitted', runId, executionArn, consoleUrl });
  return createRun<Value>(runId, executionArn, connection, options);
}

async function requestOf(runId: string, connection: Connection): Promise<RunRequest> {
  const { stateMachineArn } = await connection.deployed();
  const execution = await describeExecution(executionArnOf(stateMachineArn, runId), connection);
  if (execution === undefined) {
    if ((await findRecord(runId, connection)) === undefined) throw runNotFound(runId, connection);
    throw new CodeseederError(
      'RunNotFound',
      `The run ${runId} has a record and no execution any more, which had its request: Step Functions keeps executions for 90 days. Submit it anew.`,
    );
  }
  if (!isEnded(execution)) {
    throw new CodeseederError(
      'RunNotOver',
      `The run ${runId} is still going on. Wait for its end, or cancel it first.`,
    );
  }
  return parseRunRequest(parseJson(execution.input ?? '', `request of the run ${runId}`));
}

/**
 * The bundle as it is stored now: a layer that expired may have been uploaded again since, compressed to other bytes.
 * @throws CodeseederError `BundleMissing`
 */
async function requireBundle(
  { runId, bundle }: RunRequest,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<Pick<RunRequest, 'bundle'>> {
  if (bundle === undefined) return {};
  const { bucket } = await connection.deployed();
  const s3 = await connection.clients.s3();
  const layers = bundle.layers.map(async (layer) => {
    const found = await findObject({ s3, bucket, key: layer.key }, signal);
    if (found !== undefined) {
      const { checksumSha256 = layer.checksumSha256, sizeBytes } = found;
      return { ...layer, checksumSha256, sizeBytes };
    }
    throw new CodeseederError(
      'BundleMissing',
      `The layer s3://${bucket}/${layer.key} of the run ${runId} is not there any more; bundles expire. Submit the run again from its source.`,
    );
  });
  return { bundle: { layers: await Promise.all(layers) } };
}

/** The same copy made twice is the same, so that a new run's id may be tried again. */
async function copyInput(
  { runId: from, input }: RunRequest,
  to: string,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { bucket } = await connection.deployed();
  if (!(await copied(input.key, invocationKey(to), connection, signal))) {
    throw new CodeseederError(
      'InputMissing',
      `The input s3://${bucket}/${input.key} of the run ${from} is not there any more; files of runs expire. Submit it anew.`,
    );
  }
}

/** @returns whether there was something to copy */
async function copied(
  from: string,
  to: string,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { CopyObjectCommand } = await import('@aws-sdk/client-s3');
  const { bucket } = await connection.deployed();
  const s3 = await connection.clients.s3();
  const command = new CopyObjectCommand({ Bucket: bucket, Key: to, CopySource: `${bucket}/${from}` });
  try {
    await s3.send(command, abortable(signal));
    return true;
  } catch (error) {
    if (httpStatusOf(error) === 404) return false;
    throw error;
  }
}
