import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';

import {
  CodeseederError,
  CONTRACT_VERSION,
  invocationKey,
  parseRunRequest,
  parseWith,
  runIdSchema,
  type RunRequest,
} from '../../lib/contract/index.js';
import { announceRefusal } from './announce-refusal.js';
import { putInput } from './put-input.js';
import { readInboxObject } from './read-inbox-object.js';
import { readRequestedStart, type RequestedStart, requestIdOf } from './requested-start.js';
import { startExecution } from './start-execution.js';

export interface StartRunDependencies {
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly events: EventBridgeClient;
  readonly seedkit: string;
  readonly bucket: string;
  readonly eventBus: string;
  readonly stateMachineArn: string;
  /** The handler's own invocation, to name an event by that names itself in no way. */
  readonly invocationId: string;
}

/** What became of an event. */
export type StartedRun =
  | { readonly runId: string; readonly executionArn: string }
  | { readonly refused: { readonly requestId: string; readonly code: string; readonly message: string } };

/**
 * Starts the run that an event, a schedule or an object of the inbox asks for. The same event twice starts one
 * run. What is wrong with the request itself is announced as `Run Refused`; every other fault is thrown, so that
 * the event is delivered again.
 */
export async function startRun(event: unknown, dependencies: StartRunDependencies): Promise<StartedRun> {
  try {
    const start = await readRequestedStart(event, {
      bucket: dependencies.bucket,
      readJson: ({ key }) => readInboxObject(dependencies, key),
    });
    return await startRequested(start, dependencies);
  } catch (error) {
    if (!(error instanceof CodeseederError) || error.code === 'ControlPlaneError') throw error;
    const requestId = requestIdOf(event, dependencies.invocationId);
    return { refused: await announceRefusal(requestId, error, dependencies) };
  }
}

async function startRequested(
  start: RequestedStart,
  dependencies: StartRunDependencies,
): Promise<StartedRun> {
  const runRequest = runRequestOf(start, dependencies.seedkit);
  const { invocation, inputKey } = start.request;
  await putInput({ runId: runRequest.runId, invocation, inputKey }, dependencies);
  const executionArn = await startExecution(runRequest, dependencies);
  return { runId: runRequest.runId, executionArn };
}

/** The execution's input: the same request gives the same bytes. */
function runRequestOf({ trigger, ownId, request }: RequestedStart, seedkit: string): RunRequest {
  const runId = parseWith(
    runIdSchema,
    request.runId ?? ownId,
    `run id ${JSON.stringify(request.runId ?? ownId)}`,
  );
  if (request.seedkit !== undefined && request.seedkit !== seedkit) {
    throw new CodeseederError(
      'InvalidRequest',
      `The request names the seedkit ${request.seedkit}, but it was sent to ${seedkit}: send it to the other's bus or bucket.`,
    );
  }
  return parseRunRequest({
    version: CONTRACT_VERSION,
    runId,
    seedkit,
    ...(request.bundle !== undefined && { bundle: request.bundle }),
    input: { key: invocationKey(runId) },
    build: request.build ?? {},
    trigger,
    ...(request.retryOf !== undefined && { retryOf: request.retryOf }),
    ...(request.labels !== undefined && { labels: request.labels }),
  });
}
