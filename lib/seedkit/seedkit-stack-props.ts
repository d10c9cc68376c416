import type { Duration, PermissionsBoundary, RemovalPolicy, StackProps } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

import type { AllowList, BuildVpc } from '../contract/index.js';
import type { CredentialsSecrets } from './credentials-secrets.js';

/** Properties of a {@link SeedkitStack}. */
export interface SeedkitStackProps extends Omit<StackProps, 'stackName'>, CredentialsSecrets {
  /**
   * Name of the seedkit: up to 27 lower-case letters, digits and single hyphens, a letter first. It is part of the name
   * of every resource.
   */
  readonly seedkitName: string;
  /**
   * Six lower-case letters that are part of the bucket's name and the key's alias. It must not change on updates.
   * @default derived from the name
   */
  readonly deployId?: string | undefined;
  /**
   * Default of the stack's parameter `BuildImage`, the Docker image of builds whose request names none.
   * @default 'aws/codebuild/standard:8.0'
   */
  readonly buildImage?: string | undefined;
  /**
   * Whether the seedkit's data is encrypted with a KMS key of its own. Without it, AWS's keys encrypt the data.
   * @default true
   */
  readonly encryption?: boolean | undefined;
  /**
   * ARNs of managed policies to attach to the build role, beside the seedkit's own. They grant runs rights in the
   * account. Up to 9, or up to 24 if the account's quota was raised.
   * @default none
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
   */
  readonly policyArns?: readonly string[] | undefined;
  /**
   * Permissions boundary of every role of the stack: the builds', the handlers' and the state machine's.
   * @default none
   */
  readonly permissionsBoundary?: PermissionsBoundary;
  /**
   * Path of every role of the stack, such as `/team/`. It cannot change after the first deployment, because AWS cannot
   * move a named role.
   * @default '/'
   */
  readonly rolePathPrefix?: string | undefined;
  /**
   * Path of every managed policy of the stack, such as `/team/`. It cannot change after the first deployment.
   * @default '/'
   */
  readonly policyPathPrefix?: string | undefined;
  /**
   * Network that builds run in: one VPC, 1 to 16 private subnets of it, and 1 to 5 security groups. The subnets need a
   * route, by a NAT gateway or endpoints, to S3, CloudWatch Logs and whatever the builds download. The ids are not
   * looked up.
   * @default CodeBuild's own network
   * @see https://docs.aws.amazon.com/codebuild/latest/userguide/vpc-support.html
   */
  readonly vpc?: Readonly<BuildVpc> | undefined;
  /**
   * Whether the stack has a CodeArtifact domain `aws-codeseeder-<seedkitName>`. Its repository has the public packages
   * of PyPI and npm, and builds can install from it. In a region without CodeArtifact the stack is refused: at
   * synthesis if the region is known, otherwise by CloudFormation.
   * @default false
   * @see https://docs.aws.amazon.com/general/latest/gr/codeartifact.html
   */
  readonly codeArtifact?: boolean | undefined;
  /**
   * Roles, projects, fleets, secrets and images that requests may name beyond the seedkit's own, and whether builds may
   * be privileged or have debug sessions. An entry that ends in `*` allows every name that starts with the text before
   * it.
   * @default nothing
   */
  readonly allow?: Partial<AllowList> | undefined;
  /**
   * Age at which bundles and the files of runs are deleted, in whole days.
   * @default Duration.days(30)
   */
  readonly objectExpiration?: Duration | undefined;
  /**
   * Age at which the caches of builds are deleted, in whole days. A build that restores a cached environment installs
   * no newer versions of its packages, so this is also the longest time for which versions stay the same.
   * @default Duration.days(7)
   */
  readonly cacheExpiration?: Duration | undefined;
  /**
   * Bucket, or name of a bucket, in the same account and region for S3's access logs of the seedkit's bucket. The log
   * objects are stored below `codeseeder-<seedkitName>/`. The policy of a bucket that is imported or given by name must
   * let S3 write them.
   * @default accesses are not logged
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
   */
  readonly accessLogsBucket?: IBucket | string | undefined;
  /**
   * Age at which the record of a run is deleted, in whole days.
   * @default Duration.days(365)
   */
  readonly recordExpiration?: Duration | undefined;
  /**
   * How long the logs of builds, handlers and state machine are kept.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays | undefined;
  /**
   * Maximum duration of one execution of the state machine: waiting for capacity, the build, and a margin.
   * @default Duration.hours(45)
   */
  readonly executionTimeout?: Duration | undefined;
  /**
   * Whether DynamoDB refuses to delete the run table.
   * @default false
   */
  readonly deletionProtection?: boolean | undefined;
  /**
   * Whether bucket, key, run table and packages are kept or deleted when the stack is deleted.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE: kept, unless the stack's first deployment fails
   */
  readonly dataRemovalPolicy?: RemovalPolicy | undefined;
  /**
   * Actions of the alarms, such as publishing to an SNS topic.
   * @default none
   */
  readonly alarmActions?: readonly IAlarmAction[] | undefined;
  /**
   * Whether the stack has a CloudWatch dashboard `codeseeder-<seedkitName>-<region>`, which costs about 3 USD a month.
   * @default true
   * @see https://aws.amazon.com/cloudwatch/pricing/
   */
  readonly dashboard?: boolean | undefined;
  /**
   * Folder that has one folder of code for each handler.
   * @default the handlers of this package
   */
  readonly handlersFolder?: string | undefined;
}
