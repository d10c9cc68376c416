import type { SFNClient } from '@aws-sdk/client-sfn';

import {
  boundedText,
  CodeseederError,
  CONTRACT_VERSION,
  FAILURE_MESSAGE_MAX_CHARACTERS,
  parseRunRequest,
  parseWith,
  pendingInput,
  runIdSchema,
  type RunRequest,
} from '../../lib/contract/index.js';
import { announceRefusal, type RunBus } from '../../lib/run-store/events.js';
import { startExecution } from '../../lib/run-store/execution.js';
import type { S3Bucket } from '../../lib/s3-objects.js';
import { putTrigger } from './put-trigger.js';
import { readInboxRequest } from './read-inbox-request.js';
import { readRequestedStart, type RequestedStart, requestIdOf } from './requested-start.js';
import { storeInput } from './store-input.js';

export interface StartRunDependencies extends S3Bucket, RunBus {
  readonly sfn: SFNClient;
  readonly seedkit: string;
  readonly stateMachineArn: string;
  /** Id of the handler's invocation, used as the id of an event that has none. */
  readonly invocationId: string;
}

/** The result of handling an event. */
export type StartedRun =
  | { readonly runId: string; readonly executionArn: string }
  | { readonly refused: { readonly requestId: string; readonly code: string; readonly message: string } };

/**
 * Starts the run that an event, a schedule or an object of the inbox requests. An event that is delivered twice starts
 * one run. If the request itself is wrong, announces `Run Refused`. Throws any other error, so that AWS delivers the
 * event again.
 */
export async function startRun(event: unknown, dependencies: StartRunDependencies): Promise<StartedRun> {
  try {
    const start = await readRequestedStart(event, {
      bucket: dependencies.bucket,
      readInboxRequest: (object) => readInboxRequest(object, dependencies),
    });
    return await startRequested(start, dependencies);
  } catch (error) {
    if (!(error instanceof CodeseederError) || error.code === 'ControlPlaneError') throw error;
    const refused = {
      requestId: requestIdOf(event, dependencies.invocationId),
      code: error.code,
      message: boundedText(error.message, FAILURE_MESSAGE_MAX_CHARACTERS),
    };
    await announceRefusal({ version: 1, ...refused }, dependencies);
    return { refused };
  }
}

async function startRequested(
  start: RequestedStart,
  dependencies: StartRunDependencies,
): Promise<StartedRun> {
  // Checks the request before anything is stored.
  const checked = runRequestOf(start, dependencies.seedkit);
  const { runId } = checked;
  const input = await storeInput(runId, start, dependencies);
  const runRequest = parseRunRequest({ ...checked, input });
  await putTrigger(runRequest, dependencies);
  const executionArn = await startExecution(runRequest, dependencies);
  return { runId, executionArn };
}

/** Creates the execution's input, without the digest of the run's input. The same request always gives the same bytes. */
function runRequestOf({ trigger, ownId, request }: RequestedStart, seedkit: string): RunRequest {
  const runId = parseWith(
    runIdSchema,
    request.runId ?? ownId,
    `run id ${JSON.stringify(request.runId ?? ownId)}`,
  );
  if (request.seedkit !== undefined && request.seedkit !== seedkit) {
    throw new CodeseederError(
      'InvalidRequest',
      `The request names the seedkit ${request.seedkit}, but it was sent to ${seedkit}: send it to the bus or bucket of ${request.seedkit}.`,
    );
  }
  return parseRunRequest({
    version: CONTRACT_VERSION,
    runId,
    seedkit,
    bundle: request.bundle,
    input: pendingInput(runId),
    build: request.build ?? {},
    trigger,
    retryOf: request.retryOf,
    name: request.name,
    labels: request.labels,
    lock: request.lock,
    lockMode: request.lockMode,
    cache: request.cache,
    installsDigest: request.installsDigest,
  });
}
