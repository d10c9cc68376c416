import { z } from 'zod';

import { ROLE_POLICIES_MAX } from './limits.js';

/** The id of an EC2 resource: a prefix and 8 or 17 hexadecimal digits. */
function ec2Id(prefix: 'vpc' | 'subnet' | 'sg') {
  return z
    .string()
    .regex(
      new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`),
      `must be an id such as ${prefix}-0123456789abcdef0: ${prefix}- and 8 or 17 hexadecimal digits`,
    );
}

function unique(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/** @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_VpcConfig.html */
const MAX_SUBNETS = 16;
const MAX_SECURITY_GROUPS = 5;

/** The network of builds. It has ids only, because a deployment does not look up resources. */
export const buildVpcSchema = z.strictObject({
  vpcId: ec2Id('vpc'),
  /** Private subnets with a route to S3, CloudWatch Logs and the hosts that builds download from. */
  subnetIds: z
    .array(ec2Id('subnet'))
    .min(1, 'a VPC needs at least one subnet')
    .max(MAX_SUBNETS, `CodeBuild accepts at most ${MAX_SUBNETS} subnets`)
    .refine(unique, 'must name each subnet once'),
  securityGroupIds: z
    .array(ec2Id('sg'))
    .min(1, 'a VPC needs at least one security group')
    .max(MAX_SECURITY_GROUPS, `CodeBuild accepts at most ${MAX_SECURITY_GROUPS} security groups`)
    .refine(unique, 'must name each security group once'),
});
export type BuildVpc = z.infer<typeof buildVpcSchema>;

/** ARN of a managed policy, of AWS or of an account, in any partition. */
export const managedPolicyArnSchema = z
  .string()
  .max(2048, 'an ARN has at most 2,048 characters')
  .regex(
    /^arn:aws(-[a-z]+)*:iam::(aws|\d{12}):policy\/([\w.,+@=-]+\/)*[\w.,+@=-]+$/,
    'must be the ARN of a managed policy, such as arn:aws:iam::aws:policy/ReadOnlyAccess or arn:aws:iam::123456789012:policy/team/builds',
  );

/** Largest number of additional policies of the build role, which also has the seedkit's own policy. */
const MAX_FURTHER_POLICIES = ROLE_POLICIES_MAX - 1;

/** ARNs of further managed policies of the build role. */
export const managedPolicyArnsSchema = z
  .array(managedPolicyArnSchema)
  .max(
    MAX_FURTHER_POLICIES,
    `a role has at most ${ROLE_POLICIES_MAX} managed policies, of which one is the seedkit's own: ${MAX_FURTHER_POLICIES} further ones at most, and 9 unless the account's quota was raised`,
  )
  .refine(unique, 'must name each policy once');

const pathSchema = (maxCharacters: number, why: string) =>
  z
    .string()
    .max(maxCharacters, why)
    .regex(
      /^\/([\w.,+@=-]+\/)*$/,
      'must be a path such as /team/, which begins and ends with a slash and has letters, digits and . , + @ = _ - in between',
    );

/** Path of managed policies. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export const policyPathSchema = pathSchema(512, 'a path of policies has at most 512 characters');

/**
 * Longest path of roles. Step Functions accepts role ARNs of 256 characters: 37 before the path, up to 64 for the name.
 */
export const ROLE_PATH_MAX_CHARACTERS = 256 - 37 - 64;

/** Path of roles. @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html */
export const rolePathSchema = pathSchema(
  ROLE_PATH_MAX_CHARACTERS,
  `a path of roles has at most ${ROLE_PATH_MAX_CHARACTERS} characters, because Step Functions refuses a role with an ARN of more than 256`,
);

/**
 * A secret with credentials for builds: its name or ARN, followed by `::key` for one entry of it.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
 */
export const credentialsSecretSchema = z
  .string()
  .regex(
    /^(arn:aws(-[a-z]+)*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[\w/+=.@-]{1,519}(::\S+)?$/,
    'must be the name or ARN of a secret: letters, digits and / _ + = . @ -, followed by ::KEY for one entry of it',
  );

/** Name of a bucket. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const bucketNameSchema = z
  .string()
  .regex(
    /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'must be the name of a bucket: 3 to 63 lower-case letters, digits, hyphens and single dots, a letter or digit first and last',
  );

/** Docker image of builds. */
export const buildImageSchema = z
  .string()
  .regex(/^[^\s\p{C}]+$/u, 'must be an image such as aws/codebuild/standard:8.0, without spaces');

/** The deploy id of a seedkit. */
export const deployIdSchema = z.string().regex(/^[a-z]{6}$/, 'a deploy id is six lower-case letters');

/** Log retention periods that CloudWatch Logs accepts, in days. The setting of a seedkit can also be `forever`. */
export const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/**
 * Repositories of a seedkit's CodeArtifact domain. Builds read packages of every format from `packages`, and `deploy
 * modules` publishes to it. It is connected to the public indexes: to PyPI directly, to npm through `npm`.
 */
export const CODE_ARTIFACT_REPOSITORIES = { packages: 'python-repository', npm: 'npm-repository' } as const;
