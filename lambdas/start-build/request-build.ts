import { createHash } from 'node:crypto';

import {
  AccountLimitExceededException,
  type Build,
  type CodeBuildClient,
  CodeBuildServiceException,
  InvalidInputException,
  OAuthProviderException,
  ResourceNotFoundException,
  StartBuildCommand,
  type StartBuildCommandInput,
} from '@aws-sdk/client-codebuild';

import {
  CAPACITY_UNAVAILABLE,
  CodeseederError,
  isLambdaName,
  QUEUED_TIMEOUT_MINUTES,
} from '../../lib/contract/index.js';

export type BuildParameters = StartBuildCommandInput & { readonly projectName: string };

/** Time for which an idempotency token is reused. CodeBuild keeps a token for five minutes; one minute is margin. */
export const TOKEN_LIFE_MS = 4 * 60_000;

/** One attempt to start the build of a run. CodeBuild answers a repeated attempt with the same build. */
export interface BuildAttempt {
  readonly runId: string;
  readonly parameters: BuildParameters;
  /** Time until which the run may wait for capacity, in ISO 8601. */
  readonly queueDeadline: string;
  readonly requestedAt: Date;
}

/**
 * Requests the build of a run from CodeBuild.
 * @param onRefused called with the error if CodeBuild refuses the build. `isOnlyAttempt` is false if the SDK repeated
 *   the request: an attempt before it may have started the build
 * @throws CodeseederError `QueueTimedOut`, `BuildQuotaZero`, `InvalidRequest`, `CapacityUnavailable` or
 *   `ControlPlaneError`
 */
export async function requestBuild(
  attempt: BuildAttempt,
  codebuild: CodeBuildClient,
  onRefused: (refusal: CodeseederError, isOnlyAttempt: boolean) => Promise<void>,
): Promise<Build> {
  const minutesLeft = queuedTimeoutMinutes(attempt);
  try {
    const { build } = await codebuild.send(
      new StartBuildCommand({
        ...attempt.parameters,
        queuedTimeoutInMinutesOverride: isLambdaName(attempt.parameters.environmentTypeOverride)
          ? undefined
          : minutesLeft,
        idempotencyToken: idempotencyToken(attempt),
      }),
    );
    if (build === undefined) throw new CodeseederError('ControlPlaneError', 'StartBuild returned no build.');
    return build;
  } catch (error) {
    if (error instanceof CodeBuildServiceException) {
      const refusal = describeRefusal(error);
      if (refusal !== undefined) {
        await onRefused(refusal, error.$metadata.attempts === 1);
        throw refusal;
      }
    }
    throw error;
  }
}

/**
 * Returns the queue timeout that the run had left at the time of the first attempt, so that a repeated attempt sends
 * the same value. Returns at least 5, the minimum of CodeBuild.
 * @throws CodeseederError `QueueTimedOut` if no time was left
 */
function queuedTimeoutMinutes({ runId, queueDeadline, requestedAt }: BuildAttempt): number {
  const minutesLeft = Math.floor((Date.parse(queueDeadline) - requestedAt.getTime()) / 60_000);
  if (Date.parse(queueDeadline) <= requestedAt.getTime()) {
    throw new CodeseederError(
      'QueueTimedOut',
      `No build could be started for the run ${runId} until ${queueDeadline}. Raise queuedTimeoutMinutes or the account's quota of concurrent builds.`,
    );
  }
  return Math.max(QUEUED_TIMEOUT_MINUTES.min, minutesLeft);
}

/**
 * Returns the idempotency token of an attempt, at most 64 characters.
 * @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
 */
function idempotencyToken({ runId, requestedAt }: BuildAttempt): string {
  return createHash('sha256').update(`${runId}@${requestedAt.toISOString()}`).digest('hex');
}

function describeRefusal(cause: CodeBuildServiceException): CodeseederError | undefined {
  if (isQuotaZero(cause)) {
    return new CodeseederError(
      'BuildQuotaZero',
      `CodeBuild runs no build of this compute type in this account: ${cause.message}. Use a smaller computeType, such as BUILD_GENERAL1_SMALL; or raise the quota of concurrent builds of this type in Service Quotas, and for a new account open a case with AWS Support.`,
      { cause },
    );
  }
  if (cause instanceof AccountLimitExceededException || isThrottling(cause)) {
    return new CodeseederError(
      CAPACITY_UNAVAILABLE,
      `CodeBuild has no capacity for another build: ${cause.message}`,
      {
        cause,
      },
    );
  }
  const isMistake =
    cause instanceof InvalidInputException ||
    cause instanceof ResourceNotFoundException ||
    cause instanceof OAuthProviderException ||
    cause.name === 'ValidationException';
  if (!isMistake) return undefined;
  return new CodeseederError(
    'InvalidRequest',
    `CodeBuild refused the build: ${cause.name}: ${cause.message}`,
    {
      cause,
    },
  );
}

/** Returns whether the account's quota for the compute type is 0, so that waiting does not help. */
function isQuotaZero(error: CodeBuildServiceException): boolean {
  return error instanceof AccountLimitExceededException && /more than 0 builds/i.test(error.message);
}

function isThrottling(error: CodeBuildServiceException): boolean {
  return error.$metadata.httpStatusCode === 429 || /Throttl|TooManyRequests/.test(error.name);
}
