import type { AllowList } from '../lib/contract/allow-list.js';
import type { AwsOptions } from './aws-options.js';

/**
 * Settings of a seedkit. A setting that is left out keeps its deployed value, and `null` resets it to its default.
 */
export interface SeedkitSettings {
  /**
   * Docker image of builds whose request names none.
   * @default 'aws/codebuild/standard:8.0'
   */
  readonly buildImage?: string | null | undefined;
  /**
   * ARNs of managed policies to attach to the build role, beside the seedkit's own: up to 9, or up to 24 if the
   * account's quota was raised.
   * @default none
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
   */
  readonly policyArns?: readonly string[] | null | undefined;
  /**
   * ARN of the managed policy that is the permissions boundary of every role.
   * @default none
   */
  readonly permissionsBoundary?: string | null | undefined;
  /**
   * Path of every role, such as `/team/`. It cannot change after the first deployment.
   * @default '/'
   */
  readonly rolePath?: string | null | undefined;
  /**
   * Path of every managed policy, such as `/team/`. It cannot change after the first deployment.
   * @default '/'
   */
  readonly policyPath?: string | null | undefined;
  /**
   * Network that builds run in: one VPC, 1 to 16 private subnets of it, and 1 to 5 security groups.
   * @default CodeBuild's own network
   * @see https://docs.aws.amazon.com/codebuild/latest/userguide/vpc-support.html
   */
  readonly vpc?:
    | {
        /** Id of the VPC, such as `vpc-0123456789abcdef0`. */
        readonly vpcId: string;
        /** Ids of the private subnets. They need a route to S3, CloudWatch Logs and whatever the builds download. */
        readonly subnetIds: readonly string[];
        /** Ids of the security groups. */
        readonly securityGroupIds: readonly string[];
      }
    | null
    | undefined;
  /**
   * Whether the seedkit has a CodeArtifact domain with a repository for packages. A region without CodeArtifact is
   * refused.
   * @default false
   */
  readonly codeArtifact?: boolean | null | undefined;
  /**
   * Whether the seedkit's data is encrypted with a KMS key of its own. Without it, AWS's keys encrypt the data.
   * @default true
   */
  readonly encryption?: boolean | null | undefined;
  /**
   * Name or ARN of the Secrets Manager secret with the credentials that docker logs in with at the start of every
   * build. `name::key` selects its entry `key`.
   * @default none
   */
  readonly dockerCredentialsSecret?: string | null | undefined;
  /**
   * Name or ARN of the Secrets Manager secret with the credentials of package mirrors. `name::key` selects its entry
   * `key`.
   * @default none
   */
  readonly mirrorCredentialsSecret?: string | null | undefined;
  /**
   * Roles, projects, fleets, secrets and images that requests may name beyond the seedkit's own, and whether builds may
   * be privileged or have debug sessions. An entry that ends in `*` allows every name that starts with the text before
   * it.
   * @default nothing
   */
  readonly allow?: Partial<AllowList> | null | undefined;
  /**
   * Age in days at which bundles and the files of runs are deleted.
   * @default 30
   */
  readonly objectExpirationDays?: number | null | undefined;
  /**
   * Age in days at which the caches of builds are deleted. A build that restores a cached environment installs no newer
   * versions of its packages, so this is also the longest time for which versions stay the same.
   * @default 7
   */
  readonly cacheExpirationDays?: number | null | undefined;
  /**
   * Name of a bucket in the same account and region for S3's access logs of the seedkit's bucket. The log objects are
   * stored below `codeseeder-<name>/`. The bucket's policy must let S3 write them.
   * @default accesses are not logged
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
   */
  readonly accessLogsBucket?: string | null | undefined;
  /**
   * Age in days at which the record of a run is deleted.
   * @default 365
   */
  readonly recordExpirationDays?: number | null | undefined;
  /**
   * Days that logs are kept: one of the numbers that CloudWatch Logs accepts, or `'forever'`.
   * @default 90
   * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
   */
  readonly logRetentionDays?: number | 'forever' | null | undefined;
  /**
   * Whether bucket, key, run table and packages are kept or deleted when the stack is deleted.
   * @default 'retain'
   */
  readonly removalPolicy?: 'retain' | 'destroy' | null | undefined;
  /**
   * Whether DynamoDB refuses to delete the run table.
   * @default false
   */
  readonly deletionProtection?: boolean | null | undefined;
  /**
   * Whether the seedkit has a CloudWatch dashboard, which costs about 3 USD a month.
   * @default true
   * @see https://aws.amazon.com/cloudwatch/pricing/
   */
  readonly dashboard?: boolean | null | undefined;
  /**
   * Rights that upload assets and create the change set: `cli` uses the deployer's own rights, `default` uses the roles
   * that `cdk bootstrap` created, which the deployer must be allowed to assume.
   * @default 'cli'
   */
  readonly synthesizer?: 'default' | 'cli' | null | undefined;
}

/** One step of a deployment or deletion, reported to `onProgress` when it happens. `type` is the kind of step. */
export type DeployEvent =
  /** The template is being synthesized. */
  | { readonly type: 'synthesizing' }
  /** The stack is being deployed. */
  | { readonly type: 'deploying'; readonly stackName: string }
  /** Another deployment of the stack is in progress, and this one waits for its end. `status` is the stack's status. */
  | { readonly type: 'waiting'; readonly stackName: string; readonly status: string }
  /** The stack is being deleted. */
  | { readonly type: 'deleting'; readonly stackName: string }
  /** The status of a resource changed. `timestampMs` counts milliseconds since the epoch. */
  | {
      readonly type: 'resource';
      readonly stackName: string;
      readonly logicalId: string;
      readonly resourceType: string;
      /** Name, id or ARN of the resource, once it has one. */
      readonly physicalId?: string | undefined;
      readonly status: string;
      readonly reason?: string | undefined;
      readonly timestampMs: number;
    }
  /** The bucket was emptied. `objects` is the number of deleted object versions and delete markers. */
  | { readonly type: 'emptied'; readonly bucket: string; readonly objects: number }
  /** A run table that an earlier stack had retained was deleted. */
  | { readonly type: 'deleted'; readonly table: string }
  /** A CodeArtifact domain that an earlier stack had retained was deleted, with its packages. */
  | { readonly type: 'deletedPackages'; readonly domain: string }
  /** The CDK reported a message. `level` is its level, such as `info` or `warn`. */
  | { readonly type: 'message'; readonly level: string; readonly text: string };

/** Receives deploy events, in order. It must not throw. */
export type DeployListener = (event: DeployEvent) => void;

/** Options that deploying and destroying have in common. */
export interface SeedkitDeploymentOptions {
  /**
   * Region, endpoint and credentials.
   * @default the AWS SDK's own configuration
   */
  readonly aws?: AwsOptions | undefined;
  /**
   * ARN of the role that CloudFormation uses to create, change and delete the resources. CloudFormation keeps it for
   * later operations on the stack.
   * @default the bootstrap's execution role with the synthesizer `default`, otherwise the deployer's own rights
   */
  readonly roleArn?: string | undefined;
  /**
   * Receives deploy events.
   * @default progress is not reported
   */
  readonly onProgress?: DeployListener | undefined;
  /**
   * Aborts the waiting. Work that CloudFormation has started continues.
   * @default the waiting is not aborted
   */
  readonly signal?: AbortSignal | undefined;
}

/** Options of `deploySeedkit`. */
export interface DeployOptions extends SeedkitDeploymentOptions, SeedkitSettings {
  /**
   * Six lower-case letters that are part of the names of bucket and key. It cannot change after the first deployment.
   * @default the deployed stack's, or random letters for a new stack
   */
  readonly deployId?: string | undefined;
}

/** Options of `destroySeedkit`. */
export interface DestroyOptions extends SeedkitDeploymentOptions {
  /**
   * Whether to delete retained data, too: records of runs, key and packages. An existing stack is first deployed once
   * more with the removal policy `destroy` and without deletion protection. If there is no stack, the run table and the
   * packages that an earlier stack retained are deleted, and the deletion of the table's key is scheduled.
   * @default false
   */
  readonly deleteData?: boolean | undefined;
}

/** The current state of a seedkit's stack. */
export interface SeedkitDeployment {
  /** Whether the seedkit is deployed and accepts runs. */
  readonly deployed: boolean;
  /** Name of the stack. */
  readonly stackName: string;
  /** Values of the stack's outputs, by output name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Status of the stack, such as `UPDATE_COMPLETE`; undefined if there is no stack. */
  readonly status: string | undefined;
}

/** Result of `deploySeedkit`. */
export interface DeployResult extends SeedkitDeployment {
  /** Whether the deployment changed anything. */
  readonly changed: boolean;
}

/** Result of `destroySeedkit`. */
export interface DestroyResult {
  /** Name of the stack. */
  readonly stackName: string;
  /** Whether there was a stack. */
  readonly existed: boolean;
  /** Resources that stay in the account because they hold data or are protected. */
  readonly retained: readonly {
    /** Logical id of the resource in the template. */
    readonly logicalId: string;
    /** CloudFormation type, such as `AWS::DynamoDB::Table`. */
    readonly resourceType: string;
    /** Name, id or ARN of the resource; undefined if CloudFormation does not report it. */
    readonly physicalId?: string | undefined;
  }[];
  /** Name of the run table that an earlier stack had retained, if it was deleted now. */
  readonly deletedTable?: string | undefined;
  /** Name of the CodeArtifact domain that an earlier stack had retained, if it was deleted now. */
  readonly deletedDomain?: string | undefined;
  /** Name of the CodeArtifact domain that may remain, because the caller has no right to describe it. */
  readonly uncheckedDomain?: string | undefined;
  /** The KMS key whose deletion is scheduled, if one is. Until its date, `aws kms cancel-key-deletion` keeps it. */
  readonly keyDeletion?: KeyDeletion | undefined;
}

/** The scheduled deletion of a KMS key. */
export interface KeyDeletion {
  /** ARN of the key. */
  readonly keyArn: string;
  /** Time of the deletion, in ISO 8601. */
  readonly deletedAt: string;
}
