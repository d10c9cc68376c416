import type { Duration, PermissionsBoundary, RemovalPolicy, StackProps } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

import type { AllowList, BuildVpc } from '../contract/index.js';
import type { CredentialsSecrets } from './credentials-secrets.js';

export interface SeedkitStackProps extends Omit<StackProps, 'stackName'>, CredentialsSecrets {
  /** The seedkit's name: up to 27 lower-case letters, digits and single hyphens. It names every resource. */
  readonly seedkitName: string;
  /** Six lower-case letters in the bucket's and the key's name. Keep it on updates. @default made from the name */
  readonly deployId?: string;
  /** Default of the stack's parameter `BuildImage`. @default 'aws/codebuild/standard:8.0' */
  readonly buildImage?: string;
  /** Whether a key of the seedkit's own encrypts its data. @default true */
  readonly encryption?: boolean;
  /**
   * ARNs of further managed policies of the build role: what runs may do in the account. A role has up to 10, one of
   * them the seedkit's; up to 25 where the account's quota was raised.
   * @default none
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
   */
  readonly policyArns?: readonly string[];
  /**
   * What bounds every role of the stack: the builds', the handlers', the machine's.
   * @default none
   */
  readonly permissionsBoundary?: PermissionsBoundary;
  /**
   * Path of every role of the stack, such as `/team/`. It is fixed at the first deployment: AWS cannot move a role
   * that has a name.
   * @default '/'
   */
  readonly rolePathPrefix?: string;
  /** Path of every managed policy of the stack. It is fixed at the first deployment, too. @default '/' */
  readonly policyPathPrefix?: string;
  /**
   * Network that builds run in: private subnets with a way out, by a NAT gateway or endpoints, to S3, CloudWatch
   * Logs and whatever they download. Nothing is looked up.
   * @default CodeBuild's own
   * @see https://docs.aws.amazon.com/codebuild/latest/userguide/vpc-support.html
   */
  readonly vpc?: Readonly<BuildVpc>;
  /**
   * Whether there is a CodeArtifact domain `aws-codeseeder-<seedkitName>` with a repository that has PyPI's and
   * npm's public packages and takes the seedkit's own. Not every region and partition has CodeArtifact.
   * @default false
   */
  readonly codeArtifact?: boolean;
  /** What requests may name beyond the seedkit's own. @default nothing */
  readonly allow?: Partial<AllowList>;
  /** Age at which bundles and the files of runs are removed. @default 30 days */
  readonly objectExpiration?: Duration;
  /**
   * Bucket of your own or its name, in the same account and region, that S3 logs accesses to the seedkit's bucket in,
   * below `codeseeder-<seedkitName>/`. A bucket that is only imported or named here needs a policy that lets S3 do so.
   * @default accesses are not logged
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
   */
  readonly accessLogsBucket?: IBucket | string;
  /** How long a run's record is kept. @default 365 days */
  readonly recordExpiration?: Duration;
  /** How long builds', handlers' and the machine's logs are kept. @default RetentionDays.THREE_MONTHS */
  readonly logRetention?: RetentionDays;
  /** How long one execution may take. @default 45 hours */
  readonly executionTimeout?: Duration;
  /** Whether deleting the run table is refused. @default false */
  readonly deletionProtection?: boolean;
  /**
   * What becomes of bucket, key, run table and packages with the stack.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE: kept, unless the stack's first deployment fails
   */
  readonly dataRemovalPolicy?: RemovalPolicy;
  /** What the alarms do, such as telling an SNS topic. @default they only show */
  readonly alarmActions?: readonly IAlarmAction[];
  /** Whether there is a CloudWatch dashboard `codeseeder-<seedkitName>-<region>`, about 3 USD a month. @default true */
  readonly dashboard?: boolean;
  /** Folder with a folder of code for each handler. @default the handlers of this package */
  readonly handlersFolder?: string;
}
