import { CodeseederError } from './codeseeder-error.js';
import { isLambdaCompute, isLambdaName, type ComputeOptions } from './compute.js';
import { LAMBDA_COMPUTE_REGIONS } from './region-facts.js';

/** An option that CodeBuild would refuse in combination with other options. */
export interface ComputeProblem {
  readonly option: keyof ComputeOptions;
  readonly message: string;
}

/**
 * Lists the options that the chosen compute does not accept.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/lambda.html#lambda.limitations
 */
export function computeProblems(build: ComputeOptions): ComputeProblem[] {
  return [
    ...(isLambdaCompute(build) ? lambdaProblems(build) : otherProblems(build)),
    ...architectureProblems(build),
  ];
}

/**
 * Checks that a region has the compute of a build.
 *
 * @throws CodeseederError `InvalidRequest` with the regions that have it
 */
export function checkComputeRegion(build: ComputeOptions, region: string): void {
  if (!isLambdaCompute(build) || LAMBDA_COMPUTE_REGIONS.includes(region)) return;
  throw new CodeseederError(
    'InvalidRequest',
    `The run request is not valid: build: the region ${region} has no Lambda compute. Use another compute type, or a seedkit in one of ${LAMBDA_COMPUTE_REGIONS.join(', ')}.`,
  );
}

function isOtherCuratedImage(image: string | undefined): boolean {
  return image !== undefined && isCurated(image) && !isLambdaImage(image);
}

function lambdaProblems(build: ComputeOptions): ComputeProblem[] {
  const { environmentType, computeType, image } = build;
  const found: (ComputeProblem | false)[] = [
    environmentType !== undefined &&
      !isLambdaName(environmentType) &&
      problem(
        'environmentType',
        `${computeType} is a compute type of Lambda; use LINUX_LAMBDA_CONTAINER or ARM_LAMBDA_CONTAINER, or leave it out`,
      ),
    computeType !== undefined &&
      !isLambdaName(computeType) &&
      problem(
        'computeType',
        `${environmentType} is Lambda compute; use one of BUILD_LAMBDA_1GB to BUILD_LAMBDA_10GB, or leave it out`,
      ),
    isOtherCuratedImage(image) &&
      problem(
        'image',
        `${image} does not run on Lambda compute; use an image such as aws/codebuild/amazonlinux-x86_64-lambda-standard:nodejs22, or leave it out`,
      ),
    build.timeoutMinutes !== undefined &&
      problem(
        'timeoutMinutes',
        'Lambda compute does not accept a timeout, because its builds end after at most 15 minutes. Leave it out, or use another compute type',
      ),
    build.privileged === true &&
      problem('privileged', 'Lambda compute runs no Docker. Leave it out, or use another compute type'),
    wantsSession(build.debugSession) &&
      problem(
        'debugSession',
        'Lambda compute has no debug sessions. Leave it out, or use another compute type',
      ),
    build.fleet !== undefined &&
      problem('fleet', 'Lambda compute does not run in a fleet. Leave one of the two out'),
    build.abortPhasesOnFailure === false &&
      problem(
        'abortPhasesOnFailure',
        'Lambda compute does not support on-failure, so a failed phase always ends the build. Leave it out, or use another compute type',
      ),
  ];
  return found.filter((each) => each !== false);
}

function otherProblems({ image, fleet, abortPhasesOnFailure }: ComputeOptions): ComputeProblem[] {
  const found: (ComputeProblem | false)[] = [
    image !== undefined &&
      isLambdaImage(image) &&
      problem(
        'image',
        `${image} runs on Lambda compute only; set environmentType to LINUX_LAMBDA_CONTAINER or ARM_LAMBDA_CONTAINER, or use another image`,
      ),
    fleet !== undefined &&
      abortPhasesOnFailure === false &&
      problem(
        'abortPhasesOnFailure',
        'reserved capacity does not support on-failure, so a failed phase always ends the build. Leave it out, or build without the fleet',
      ),
  ];
  return found.filter((each) => each !== false);
}

/**
 * Returns a problem if CodeBuild provides the image for another architecture. Images of other publishers are not
 * checked.
 */
function architectureProblems({ environmentType, image }: ComputeOptions): ComputeProblem[] {
  if (environmentType === undefined || image === undefined || !isCurated(image)) return [];
  const isArm = /aarch64|\/amazonlinux-arm-/.test(image);
  if (isArm === environmentType.startsWith('ARM')) return [];
  return [
    problem(
      'image',
      `${image} is for ${isArm ? 'ARM' : 'x86'}, and ${environmentType} is not. Leave the image out, or use one of the same architecture`,
    ),
  ];
}

/** Returns whether an option asks for a debug session. */
export function wantsSession(debugSession: ComputeOptions['debugSession']): boolean {
  return debugSession !== undefined && debugSession !== false;
}

/** Returns whether an image is one that CodeBuild provides. */
function isCurated(image: string): boolean {
  return image.startsWith('aws/codebuild/');
}

function isLambdaImage(image: string): boolean {
  return isCurated(image) && image.includes('-lambda-');
}

function problem(option: keyof ComputeOptions, message: string): ComputeProblem {
  return { option, message };
}
