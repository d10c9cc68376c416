import type { AllowList } from '../lib/contract/allow-list.js';
import type { AwsOptions } from './aws-options.js';

/** What a seedkit is deployed with; what is left out stays as it was deployed, `null` takes it back to its default. */
export interface SeedkitSettings {
  /** Image of builds that name none. @default 'aws/codebuild/standard:8.0' */
  readonly buildImage?: string | null;
  /** ARNs of further managed policies of the build role: up to 9, or 24 where the account's quota was raised. @default none */
  readonly policyArns?: readonly string[] | null;
  /** ARN of the managed policy that bounds every role. @default none */
  readonly permissionsBoundary?: string | null;
  /** Path of every role, fixed at the first deployment. @default '/' */
  readonly rolePath?: string | null;
  /** Path of every managed policy, fixed at the first deployment. @default '/' */
  readonly policyPath?: string | null;
  /** Network of builds. @default CodeBuild's own */
  readonly vpc?: {
    readonly vpcId: string;
    readonly subnetIds: readonly string[];
    readonly securityGroupIds: readonly string[];
  } | null;
  /** Whether there is a CodeArtifact domain with a repository for packages. @default false */
  readonly codeArtifact?: boolean | null;
  /** Whether a key of the seedkit's own encrypts its data. @default true */
  readonly encryption?: boolean | null;
  /**
   * Secret that docker is logged in with at the start of every build, by name or ARN; `name::key` takes its entry
   * `key`. Its name has `-docker-credentials` in it. @default none
   */
  readonly dockerCredentialsSecret?: string | null;
  /** Secret with credentials of package mirrors. Its name has `-mirror-credentials` in it. @default none */
  readonly mirrorCredentialsSecret?: string | null;
  /** What requests may name beyond the seedkit's own. @default nothing */
  readonly allow?: Partial<AllowList> | null;
  /** Age in days at which bundles and the files of runs are removed. @default 30 */
  readonly objectExpirationDays?: number | null;
  /**
   * Name of a bucket of your own, in the same account and region, that S3 logs accesses to the seedkit's bucket in,
   * below `codeseeder-<name>/`. Its policy must let S3 do so. @default accesses are not logged
   */
  readonly accessLogsBucket?: string | null;
  /** Age in days at which a run's record is removed. @default 365 */
  readonly recordExpirationDays?: number | null;
  /** Days that logs are kept: one of the log service's numbers, or for ever. @default 90 */
  readonly logRetentionDays?: number | 'forever' | null;
  /** What becomes of bucket, key, run table and packages with the stack. @default 'retain' */
  readonly removalPolicy?: 'retain' | 'destroy' | null;
  /** Whether deleting the run table is refused. @default false */
  readonly deletionProtection?: boolean | null;
  /** Whether there is a CloudWatch dashboard, about 3 USD a month. @default true */
  readonly dashboard?: boolean | null;
}

/** One thing that happened while a seedkit was deployed or destroyed. */
export type DeployEvent =
  | { readonly type: 'synthesizing' }
  | { readonly type: 'deploying'; readonly stackName: string }
  /** Another deployment of the stack is under way; its end is waited for. */
  | { readonly type: 'waiting'; readonly stackName: string; readonly status: string }
  | {
      readonly type: 'resource';
      readonly stackName: string;
      readonly logicalId: string;
      readonly resourceType: string;
      readonly status: string;
      readonly reason?: string;
      readonly timestampMs: number;
    }
  | { readonly type: 'emptied'; readonly bucket: string; readonly objects: number }
  /** A table that an earlier stack retained. */
  | { readonly type: 'deleted'; readonly table: string }
  /** What the CDK says by the way. */
  | { readonly type: 'said'; readonly level: string; readonly text: string };
export type DeployListener = (event: DeployEvent) => void;

export interface SeedkitDeploymentOptions {
  /** Where to find AWS, and as whom. @default what the AWS SDK finds by itself */
  readonly aws?: AwsOptions;
  readonly onProgress?: DeployListener;
  /** Ends the waiting; what CloudFormation was told to do goes on. */
  readonly signal?: AbortSignal;
}

export interface DeployOptions extends SeedkitDeploymentOptions, SeedkitSettings {
  /**
   * Six lower-case letters in the names of bucket and key. They cannot change.
   * @default those of the stack that exists, else new ones
   */
  readonly deployId?: string;
}

export interface DestroyOptions extends SeedkitDeploymentOptions {
  /**
   * Whether what the seedkit retains goes, too: records of runs, key and packages. A stack that is there is first
   * deployed once more, with the removal policy `destroy` and without deletion protection; where there is none, the run
   * table that it left is deleted.
   * @default false
   */
  readonly deleteData?: boolean;
}

/** A seedkit's stack as it is. */
export interface SeedkitDeployment {
  /** Whether the seedkit can take runs. */
  readonly deployed: boolean;
  readonly stackName: string;
  /** Values by output name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The stack's state, such as `UPDATE_COMPLETE`; undefined when there is none. */
  readonly status: string | undefined;
}

export interface DeployResult extends SeedkitDeployment {
  /** Whether anything was changed. */
  readonly changed: boolean;
}

export interface DestroyResult {
  readonly stackName: string;
  /** Whether there was a stack. */
  readonly existed: boolean;
  /** Resources that hold data or must not go, and stay in the account. */
  readonly retained: readonly { readonly logicalId: string; readonly resourceType: string }[];
}
