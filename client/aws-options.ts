/** Where a kit finds AWS, and as whom. */

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** When they end; a provider is asked again shortly before. */
  readonly expiration?: Date;
}

/** A role to take on, with the credentials that the other options give. */
export interface AssumedRole {
  /** Its ARN; the role may be another account's. */
  readonly roleArn: string;
  /** What the role's session is called in that account's trail, 2 to 64 characters. @default one of the SDK's own making */
  readonly sessionName?: string;
  /** What the role's trust policy may ask for. */
  readonly externalId?: string;
  /**
   * Seconds that one set of credentials lasts, 900 to 43200; they are renewed as long as the process needs them.
   * @default 3600
   * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
   */
  readonly durationSeconds?: number;
}

/** Where to find AWS, when it is not where the SDK looks by itself. */
export interface AwsOptions {
  /** @default the profile's, or `AWS_REGION` */
  readonly region?: string;
  /** URL of a local place, for every service. @default AWS itself, or `AWS_ENDPOINT_URL` */
  readonly endpoint?: string;
  /** Credentials, or a function that gives them, as every client of the AWS SDK takes. Not together with `profile`. */
  readonly credentials?: AwsCredentials | (() => Promise<AwsCredentials>);
  /** A profile of the shared configuration and credentials files. */
  readonly profile?: string;
  readonly assumeRole?: AssumedRole;
}

/**
 * {@link AwsOptions}, or a function that gives them. The function is asked once for each call of the kit, of a
 * remote function or of `runs`, so that one kit can serve several accounts; the handle of a run stays with the
 * account that the run was started in.
 */
export type AwsSession = AwsOptions | (() => AwsOptions | Promise<AwsOptions>);
