import type { S3Client } from '@aws-sdk/client-s3';

import {
  type AllowList,
  checkComputeRegion,
  checkImage,
  CodeseederError,
  definedOnly,
  parseRunRequest,
  type PreparedRun,
  type PrepareRunInput,
  queuedRecord,
  QUEUED_TIMEOUT_MINUTES,
  type RunRequest,
  STATE_PAYLOAD_MAX_BYTES,
  statusEntry,
  toRunStateChange,
  wantedLock,
} from '../../lib/contract/index.js';
import { readInvocation } from '../../lib/run-store/files.js';
import { putFacets } from '../../lib/run-store/facets.js';
import { marshalled, type RunTable } from '../../lib/run-store/record.js';
import { checkAllowed } from './check-allowed.js';
import { checkLayers } from './check-layers.js';
import { checkTrigger } from './check-trigger.js';
import { inputFiles, type Programs, programsOf, putPrograms } from './input-files.js';
import type { SeedkitLogins } from './registry-logins.js';
import { startBuildParameters } from './start-build-parameters.js';
import { storeInlineInput } from './store-inline-input.js';

export interface PrepareRunDependencies extends SeedkitLogins, Programs, RunTable {
  readonly s3: S3Client;
  readonly now: () => Date;
  readonly bucket: string;
  readonly project: string;
  readonly allow: AllowList;
  readonly recordExpirationDays: number;
  readonly bundleExpirationDays: number;
}

/** Bytes of a state's payload reserved for the fields that Step Functions adds to a handler's output. */
const ENVELOPE_BYTES = 16_384;
const PREPARED_MAX_BYTES = STATE_PAYLOAD_MAX_BYTES - ENVELOPE_BYTES;

/**
 * Checks the request of a run against the contract, the seedkit and the bucket. Returns the record to put and the
 * parameters of the build.
 * @throws CodeseederError `InvalidRequest`, `NotAllowed`, `BundleMissing`, `InputMissing`, `InputChanged` or
 * `RunIdConflict`
 */
export async function prepareRun(
  input: PrepareRunInput,
  dependencies: PrepareRunDependencies,
): Promise<PreparedRun> {
  const { seedkit, project, recordExpirationDays } = dependencies;
  const request = parseRunRequest(input.request);
  checkIdentity(request, input.executionName, seedkit);
  checkComputeRegion(request.build, regionOf(input.executionArn));
  checkAllowed(request.build, dependencies.allow, { seedkit, project, executionArn: input.executionArn });
  await checkTrigger(request, dependencies);
  await storeInlineInput(input.request, request.runId, dependencies);
  const layerKeys =
    request.bundle === undefined ? [] : await checkLayers(request.bundle, dependencies, request.published);
  const { invocation, digest } = await readInvocation(request.input, dependencies);
  checkImage(request.build, invocation.kind);
  if (invocation.kind !== 'commands' && request.bundle === undefined) {
    throw new CodeseederError(
      'InvalidRequest',
      `The run request is not valid: bundle: a ${invocation.kind} invocation needs a bundle; only commands run without one`,
    );
  }

  const record = queuedRecord({
    runId: request.runId,
    seedkit,
    executionArn: input.executionArn,
    executionStartedAt: input.executionStartedAt,
    recordExpirationDays,
    request,
    invocation,
  });
  const programs = await programsOf(request, dependencies);
  const files = inputFiles(digest.sha256, programs);
  const prepared = fittingState({
    item: marshalled({ ...record, ...statusEntry(record) }),
    event: { ...toRunStateChange(record) },
    startBuild: definedOnly(startBuildParameters(request, { invocation, files, layerKeys }, dependencies)),
    queueDeadline: queueDeadline(record.queuedAt, request),
    lock: wantedLock(request),
  });
  await Promise.all([putPrograms(request.runId, programs, dependencies), putFacets(record, dependencies)]);
  return prepared;
}

function checkIdentity(request: RunRequest, executionName: string, seedkit: string): void {
  if (request.runId !== executionName) {
    throw new CodeseederError(
      'InvalidRequest',
      `The run request is not valid: runId: ${request.runId} is not the execution's name ${executionName}; start the execution under its run id`,
    );
  }
  if (request.seedkit !== seedkit) {
    throw new CodeseederError(
      'InvalidRequest',
      `The run request is not valid: seedkit: ${request.seedkit} was sent to the state machine of ${seedkit}; send it to the one of ${request.seedkit}`,
    );
  }
}

function regionOf(arn: string): string {
  return arn.split(':')[3] ?? '';
}

function queueDeadline(queuedAt: string, { build }: RunRequest): string {
  const minutes = build.queuedTimeoutMinutes ?? QUEUED_TIMEOUT_MINUTES.default;
  return new Date(Date.parse(queuedAt) + minutes * 60_000).toISOString();
}

function fittingState(prepared: PreparedRun): PreparedRun {
  const sizeBytes = Buffer.byteLength(JSON.stringify(prepared));
  if (sizeBytes <= PREPARED_MAX_BYTES) return prepared;
  throw new CodeseederError(
    'InvalidRequest',
    `The prepared run has ${sizeBytes} bytes, at most ${PREPARED_MAX_BYTES} fit a state: use fewer or shorter commands, labels and variables; put long scripts into the bundle`,
  );
}
