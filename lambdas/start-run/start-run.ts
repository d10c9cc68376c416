import type { SFNClient } from '@aws-sdk/client-sfn';

import {
  boundedText,
  CodeseederError,
  FAILURE_MESSAGE_MAX_CHARACTERS,
  type RunRequest,
} from '../../lib/contract/index.js';
import { announceRefusal, type RunBus } from '../../lib/run-store/events.js';
import {
  refuseOtherSeedkit,
  requestedRunOf,
  startTargetRun,
  startWith,
} from '../../lib/run-store/start-target-run.js';
import type { S3Bucket } from '../../lib/s3-objects.js';
import { readInboxRequest } from './read-inbox-request.js';
import {
  readRequestedStart,
  type RequestedCode,
  type RequestedStart,
  requestIdOf,
} from './requested-start.js';
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
 * Starts the run that an event, a schedule or an object of the inbox requests, or the target that it names. An event
 * that is delivered twice starts one run. If the request itself is wrong, announces `Run Refused`. Throws any other
 * error, so that AWS delivers the event again.
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
  if ('start' in start) return startTargetRun(start, dependencies);
  const draft = runRequestOf(start, dependencies.seedkit);
  return startWith(draft, (runId) => storeInput(runId, start, dependencies), dependencies);
}

/**
 * Creates the execution's input, without the digest of the run's input. The same request always gives the same bytes.
 */
function runRequestOf({ trigger, ownId, request }: RequestedCode, seedkit: string): RunRequest {
  refuseOtherSeedkit(request.seedkit, seedkit);
  return {
    ...requestedRunOf({ ownId, trigger, ...request }, seedkit),
    bundle: request.bundle,
    build: request.build ?? {},
    retryOf: request.retryOf,
    labels: request.labels,
    lock: request.lock,
    lockMode: request.lockMode,
    cache: request.cache,
    installsDigest: request.installsDigest,
  };
}
