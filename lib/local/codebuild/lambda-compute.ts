import type { Buildspec } from './buildspec.js';
import { PhaseFailure } from './phase-failure.js';
import type { WireProject } from './project-shape.js';

/** The settings of a build or project that Lambda compute may refuse. */
export interface LambdaRequest {
  readonly environment: WireProject['environment'];
  readonly timeoutInMinutesOverride?: number | undefined;
  readonly queuedTimeoutInMinutesOverride?: number | undefined;
  readonly hasVpc: boolean;
}

/**
 * Maximum duration of a build on Lambda compute.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/lambda.html#lambda.limitations
 */
export const LAMBDA_MAX_MINUTES = 15;

/** Returns whether an environment runs on Lambda compute. */
export function isLambda({ type }: Partial<Pick<WireProject['environment'], 'type'>>): boolean {
  return /_LAMBDA_/.test(type ?? '');
}

/**
 * Returns why CodeBuild would refuse a build's environment; undefined if CodeBuild accepts it.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html
 */
export function computeProblem(request: LambdaRequest): string | undefined {
  const { environment } = request;
  const { type, computeType = '', image = '' } = environment;
  if (isLambda(environment) !== /_LAMBDA_/.test(computeType)) {
    return `Invalid environment: compute type ${computeType} is not supported for environment type ${type}`;
  }
  const isCurated = image.startsWith('aws/codebuild/');
  if (isCurated && isLambda(environment) !== image.includes('-lambda-')) {
    return `Invalid environment: image ${image} is not supported for environment type ${type}`;
  }
  if (isCurated && /^ARM/.test(type ?? '') !== /aarch64|amazonlinux-arm-|macos-arm/.test(image)) {
    return `Invalid environment: image ${image} is not supported for environment type ${type}`;
  }
  return isLambda(environment) ? lambdaProblem(request) : undefined;
}

function lambdaProblem(request: LambdaRequest): string | undefined {
  const { environment } = request;
  if (request.timeoutInMinutesOverride !== undefined) {
    return 'Cannot specify timeoutInMinutes for Lambda compute';
  }
  if (request.queuedTimeoutInMinutesOverride !== undefined) {
    return 'Cannot specify queuedTimeoutInMinutes for Lambda compute';
  }
  if (environment.privilegedMode === true) return 'Cannot specify privilegedMode for Lambda compute';
  if (environment.fleet !== undefined) return 'Cannot specify fleet for Lambda compute';
  return request.hasVpc ? 'Cannot specify vpcConfig for Lambda compute' : undefined;
}

/**
 * Refuses `on-failure` in a buildspec of Lambda compute or reserved capacity.
 *
 * @throws PhaseFailure `YAML_FILE_ERROR`
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/lambda-compute-images.html
 */
export function refuseOnFailure(
  { phases }: Buildspec,
  environment: Partial<Pick<WireProject['environment'], 'type' | 'fleet'>>,
): void {
  if (!isLambda(environment) && environment.fleet === undefined) return;
  const phase = Object.entries(phases).find(([, each]) => each?.['on-failure'] !== undefined)?.[0];
  if (phase === undefined) return;
  throw new PhaseFailure(
    'YAML_FILE_ERROR',
    `on-failure of the phase ${phase} is not supported for Lambda compute or reserved capacity`,
  );
}
