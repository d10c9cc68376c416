/** Options that say which AWS account, region and endpoint a client uses. */

/** A set of AWS credentials. */
export interface AwsCredentials {
  /** Access key id. */
  readonly accessKeyId: string;
  /** Secret access key. */
  readonly secretAccessKey: string;
  /**
   * Session token of temporary credentials.
   * @default none: the credentials are permanent
   */
  readonly sessionToken?: string;
  /**
   * When the credentials expire. A function that returns credentials is called again shortly before.
   * @default they do not expire
   */
  readonly expiration?: Date;
}

/** A role to assume with the credentials that the other options give. */
export interface AssumedRole {
  /** ARN of the role. It may belong to another account. */
  readonly roleArn: string;
  /**
   * Name of the role's session, 2 to 64 characters. CloudTrail shows it.
   * @default a name that the AWS SDK generates
   */
  readonly sessionName?: string;
  /**
   * External id that the role's trust policy requires.
   * @default none
   */
  readonly externalId?: string;
  /**
   * Seconds that the role's credentials are valid, 900 to 43200. They are renewed as long as the process needs them.
   * @default 3600
   * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
   */
  readonly durationSeconds?: number;
}

/** Region, endpoint and credentials, where they differ from the AWS SDK's own configuration. */
export interface AwsOptions {
  /**
   * AWS region, such as `eu-central-1`.
   * @default `AWS_REGION`, or the profile's region
   */
  readonly region?: string;
  /**
   * URL of a local AWS, used for every service.
   * @default `AWS_ENDPOINT_URL`, or AWS itself
   */
  readonly endpoint?: string;
  /**
   * Credentials, or a function that returns them, as for every client of the AWS SDK. Cannot be combined with
   * `profile`.
   * @default the AWS SDK's credential chain
   */
  readonly credentials?: AwsCredentials | (() => Promise<AwsCredentials>);
  /**
   * Name of a profile in the shared configuration and credentials files. Cannot be combined with `credentials`.
   * @default `AWS_PROFILE`, or `default`
   */
  readonly profile?: string;
  /**
   * Role to assume.
   * @default none
   */
  readonly assumeRole?: AssumedRole;
}

/**
 * {@link AwsOptions}, or a function that returns them. The function is called once for each call of the kit, of a
 * remote function or of `runs`, so one kit can serve several accounts. The handle of a run keeps the account that the
 * run was started in.
 */
export type AwsSession = AwsOptions | (() => AwsOptions | Promise<AwsOptions>);
