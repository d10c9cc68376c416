import { Aws, Duration, Token, type RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectOwnership,
  type BucketProps,
  type CfnBucket,
  type IBucket,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

import { explain } from '../control-plane/access-statement.js';
import { definedOnly } from '../contract/defined-only.js';
import {
  AWS_CODESEEDER_PREFIX,
  bucketNameSchema,
  BUNDLES_PREFIX,
  CACHE_PREFIX,
  createdOnceKeys,
  DEFINITIONS_PREFIX,
  INBOX_PREFIX,
  inputsPattern,
  MAPS_PREFIX,
  OUTPUTS_PREFIX,
  parseWith,
  PUBLISHED_LAYERS_PREFIX,
  RUNS_PREFIX,
  seedkitNames,
  triggerKey,
} from '../contract/index.js';

/** Properties of a {@link SeedkitBucket}. */
export interface SeedkitBucketProps {
  readonly seedkit: string;
  readonly deployId: string;
  readonly encryptionKey?: IKey | undefined;
  /** Age at which bundles and the files of runs are deleted. */
  readonly expiration: Duration;
  /** Age at which the caches of builds are deleted. */
  readonly cacheExpiration: Duration;
  readonly removalPolicy: RemovalPolicy;
  /** Bucket that accesses are logged to, or its name. */
  readonly accessLogsBucket?: IBucket | string | undefined;
}

/**
 * The bucket of bundles, inputs, outputs and the inbox. It is encrypted and private, accepts only TLS, refuses to
 * overwrite layers and inputs, deletes old objects, and sends an event to EventBridge for each new object.
 */
export class SeedkitBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: SeedkitBucketProps) {
    super(scope, id);
    const accessLogsBucket = this.bucketOf(props.accessLogsBucket);
    this.bucket = new Bucket(this, 'Bucket', {
      bucketName: seedkitNames.bucket(props.seedkit, Aws.ACCOUNT_ID, props.deployId),
      ...encryptionOf(props.encryptionKey),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      ...definedOnly({
        serverAccessLogsBucket: accessLogsBucket,
        serverAccessLogsPrefix: accessLogsBucket && `${seedkitNames.prefix(props.seedkit)}/`,
      }),
      removalPolicy: props.removalPolicy,
      lifecycleRules: [
        { id: 'expire-bundles', prefix: BUNDLES_PREFIX, expiration: props.expiration },
        { id: 'expire-runs', prefix: RUNS_PREFIX, expiration: props.expiration },
        { id: 'expire-outputs', prefix: OUTPUTS_PREFIX, expiration: props.expiration },
        { id: 'expire-maps', prefix: MAPS_PREFIX, expiration: props.expiration },
        { id: 'expire-inbox', prefix: INBOX_PREFIX, expiration: props.expiration },
        { id: 'expire-caches', prefix: CACHE_PREFIX, expiration: props.cacheExpiration },
        { id: 'expire-aws-codeseeder', prefix: AWS_CODESEEDER_PREFIX, expiration: props.expiration },
        { id: 'abort-unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    this.bucket.addToResourcePolicy(refuseOverwrites(this.bucket));
    this.bucket.addToResourcePolicy(refuseFoldersOfRuns(this.bucket));
    if (accessLogsBucket === undefined) {
      explain(
        this.bucket,
        'AwsSolutions-S1',
        'Access logs are optional: the seedkit’s owner turns them on with `accessLogsBucket`.',
      );
    }
    // The L2 property `eventBridgeEnabled` would add a custom resource; the L1 property does the same without one.
    const resource = this.bucket.node.defaultChild as CfnBucket;
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }

  private bucketOf(bucket: IBucket | string | undefined): IBucket | undefined {
    if (typeof bucket !== 'string') return bucket;
    if (!Token.isUnresolved(bucket)) parseWith(bucketNameSchema, bucket, 'access logs bucket');
    return Bucket.fromBucketName(this, 'AccessLogs', bucket);
  }
}

/**
 * Denies all principals, including the account's administrators, to create layers and inputs without `If-None-Match`,
 * so that an existing one cannot be replaced. This includes copies to these keys. The requests of a multipart upload
 * have no such header, except for the one that completes it.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
function refuseOverwrites(bucket: Bucket): PolicyStatement {
  return new PolicyStatement({
    sid: 'RefuseOverwrites',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['s3:PutObject'],
    resources: [
      `${BUNDLES_PREFIX}*`,
      `${PUBLISHED_LAYERS_PREFIX}*`,
      `${DEFINITIONS_PREFIX}*`,
      inputsPattern(),
      triggerKey('*'),
      ...createdOnceKeys('*'),
    ].map((key) => bucket.arnForObjects(key)),
    conditions: {
      Null: { 's3:if-none-match': 'true' },
      Bool: { 's3:ObjectCreationOperation': 'true' },
    },
  });
}

/**
 * Denies all principals to create objects in a subfolder of a run's input. In the policies of clients, the `*` that
 * stands for the id of a run would also match such folders.
 */
function refuseFoldersOfRuns(bucket: Bucket): PolicyStatement {
  return new PolicyStatement({
    sid: 'RefuseFoldersOfRuns',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['s3:PutObject'],
    resources: [bucket.arnForObjects(`${RUNS_PREFIX}*/*/*/*`)],
  });
}

function encryptionOf(encryptionKey: IKey | undefined): BucketProps {
  return encryptionKey === undefined
    ? { encryption: BucketEncryption.S3_MANAGED }
    : { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true };
}
