import type { DebugPause } from './debug-pauses.js';
import type { Invocation } from './invocation.js';

/**
 * Environment types of CodeBuild.
 * @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectEnvironment.html
 */
export const ENVIRONMENT_TYPES = [
  'LINUX_CONTAINER',
  'LINUX_GPU_CONTAINER',
  'ARM_CONTAINER',
  'LINUX_EC2',
  'ARM_EC2',
  'LINUX_LAMBDA_CONTAINER',
  'ARM_LAMBDA_CONTAINER',
] as const;

/**
 * Compute types of CodeBuild.
 * @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectEnvironment.html
 */
export const COMPUTE_TYPES = [
  'BUILD_GENERAL1_SMALL',
  'BUILD_GENERAL1_MEDIUM',
  'BUILD_GENERAL1_LARGE',
  'BUILD_GENERAL1_XLARGE',
  'BUILD_GENERAL1_2XLARGE',
  'BUILD_LAMBDA_1GB',
  'BUILD_LAMBDA_2GB',
  'BUILD_LAMBDA_4GB',
  'BUILD_LAMBDA_8GB',
  'BUILD_LAMBDA_10GB',
  'ATTRIBUTE_BASED_COMPUTE',
  'CUSTOM_INSTANCE_TYPE',
] as const;

/** Options of a build that depend on its compute. */
export interface ComputeOptions {
  readonly environmentType?: (typeof ENVIRONMENT_TYPES)[number] | undefined;
  readonly computeType?: (typeof COMPUTE_TYPES)[number] | undefined;
  readonly image?: string | undefined;
  readonly fleet?: string | undefined;
  readonly privileged?: boolean | undefined;
  readonly debugSession?: boolean | DebugPause | undefined;
  readonly timeoutMinutes?: number | undefined;
  readonly abortPhasesOnFailure?: boolean | undefined;
}

/** The options that choose the compute of a build. */
export type Compute = Pick<ComputeOptions, 'environmentType' | 'computeType' | 'image'>;

/**
 * Returns whether a build's options choose Lambda compute. For a build in another project, the project's own settings
 * are not known and not considered.
 */
export function isLambdaCompute({ environmentType, computeType }: Compute): boolean {
  return isLambdaName(environmentType) || isLambdaName(computeType);
}

/** Returns whether a name is an environment type or compute type of Lambda compute. */
export function isLambdaName(name: string | undefined): boolean {
  return name !== undefined && /_LAMBDA_/.test(name);
}

/**
 * Returns the environment type, compute type and image to request from CodeBuild. Adds what the chosen options imply:
 * Lambda compute needs its own types and images, and ARM needs ARM images.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/ec2-compute-images.html
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/lambda-compute-images.html
 */
export function completeCompute(build: Compute, kind: Invocation['kind']): Compute {
  if (!isLambdaCompute(build)) {
    const { environmentType, computeType, image = imageOf(environmentType) } = build;
    return { environmentType, computeType, image };
  }
  const { environmentType = 'LINUX_LAMBDA_CONTAINER', computeType = 'BUILD_LAMBDA_1GB' } = build;
  const { image = lambdaImage(environmentType, kind) } = build;
  return { environmentType, computeType, image };
}

/** Returns the image of an environment type that cannot run the default image. */
function imageOf(environmentType: ComputeOptions['environmentType']): string | undefined {
  switch (environmentType) {
    case 'ARM_CONTAINER':
      return 'aws/codebuild/amazonlinux-aarch64-standard:3.0';
    case 'ARM_EC2':
      return 'aws/codebuild/ami/amazonlinux-arm-base:latest';
    case 'LINUX_EC2':
      return 'aws/codebuild/ami/amazonlinux-x86_64-base:latest';
    default:
      return undefined;
  }
}

function lambdaImage(environmentType: string, kind: Invocation['kind']): string {
  const architecture = environmentType.startsWith('ARM') ? 'aarch64' : 'x86_64';
  return `aws/codebuild/amazonlinux-${architecture}-lambda-standard:${kind === 'python' ? 'python3.13' : 'nodejs22'}`;
}
