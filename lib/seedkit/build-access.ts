import { ArnFormat, Aws, Stack, Token } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

import {
  AWS_CODESEEDER_PREFIX,
  BUNDLES_PREFIX,
  CACHE_PREFIX,
  inputsPattern,
  OUTPUTS_PREFIX,
  PUBLISHED_LAYERS_PREFIX,
  seedkitNames,
  type AllowList,
  type BuildVpc,
} from '../contract/index.js';
import { allow } from '../control-plane/access-statement.js';
import { keyAccess } from '../control-plane/key-access.js';
import { networkAccess } from './build-network.js';
import { withSuffix, type CredentialsSecrets } from './credentials-secrets.js';
import { ownSecretsAccess } from './own-secrets-access.js';
import { packagesAccess } from './seedkit-packages.js';

/** The resources and names that a build may use. */
export interface BuildAccessProps {
  readonly seedkit: string;
  readonly bucket: Bucket;
  readonly encryptionKey?: IKey | undefined;
  readonly allow: AllowList;
  /** Secrets with credentials of registries and mirrors. */
  readonly credentials: CredentialsSecrets;
  /** Docker image of builds whose request names none; a deployment may override it. */
  readonly defaultImage: string;
  /** Network of builds. */
  readonly vpc?: BuildVpc | undefined;
  /** Whether the seedkit has a CodeArtifact domain. */
  readonly hasPackages: boolean;
}

/**
 * Returns the rights of a build: to read code and input, to write output and log, and to use the secrets and images of
 * the allow list.
 */
export function buildAccess(scope: Construct, props: BuildAccessProps): PolicyStatement[] {
  const { bucket } = props;
  const logGroup = Stack.of(scope).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: seedkitNames.buildLogGroup(props.seedkit),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return [
    allow(
      'WriteLog',
      ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      [logGroup, `${logGroup}:*`],
      'The streams of the one log group of builds.',
    ),
    ...objectsAccess(bucket),
    ...keyAccess(props.encryptionKey, 'readWrite', []),
    ...ownSecretsAccess(scope, props.seedkit, props.credentials),
    ...secretsAccess(props.allow.secrets),
    ...imagesAccess([props.defaultImage, ...props.allow.images]),
    ...(props.vpc === undefined ? [] : networkAccess(scope, props.vpc)),
    ...(props.hasPackages ? packagesAccess(scope, props.seedkit) : []),
  ];
}

/**
 * Keys that a build reads: layers, those of published versions, the input of its run, caches, and the bundles of
 * aws-codeseeder's clients.
 */
const READ_KEYS = [
  `${BUNDLES_PREFIX}*`,
  `${PUBLISHED_LAYERS_PREFIX}*`,
  inputsPattern(),
  `${CACHE_PREFIX}*`,
  `${AWS_CODESEEDER_PREFIX}*`,
];

/**
 * The IAM variable with the ARN of the build whose credentials sign a request.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/permissions-conditionkeys-variables.html
 */
const BUILD_ARN = '${codebuild:buildArn}';

/**
 * Grants reading code and inputs, reading and writing caches, and writing below the ARN of the build. All builds of a
 * seedkit have one role, so they can read each other's inputs. Because of the IAM variable, no build can write the
 * output of another. They can list only the prefixes that they may read.
 */
function objectsAccess(bucket: Bucket): PolicyStatement[] {
  return [
    allow('FindBucket', ['s3:GetBucketLocation', 's3:GetBucketAcl'], [bucket.bucketArn]),
    allow('FindObjects', ['s3:ListBucket'], [bucket.bucketArn]).when('StringLike', {
      's3:prefix': READ_KEYS,
    }),
    allow(
      'ReadObjects',
      ['s3:GetObject', 's3:GetObjectVersion'],
      READ_KEYS.map((key) => bucket.arnForObjects(key)),
      'There is one for each run or bundle, and all of them are the seedkit’s own.',
    ),
    // One statement, because a managed policy has at most 6,144 characters.
    allow(
      'PutOutput',
      ['s3:PutObject'],
      [`${OUTPUTS_PREFIX}${BUILD_ARN}/*`, `${CACHE_PREFIX}*`].map((key) => bucket.arnForObjects(key)),
      'Each build has its output below its own ARN. CodeBuild names caches; all builds share them.',
    ),
  ];
}

/** Grants reading the allowed secrets. If a secret has a KMS key of its own, the key's owner must grant its use. */
function secretsAccess(secrets: readonly string[]): PolicyStatement[] {
  // The service of an ARN that is known only at deployment is unknown, so the ARN is listed for both services.
  const of = (service: string) =>
    secrets.filter((arn) => Token.isUnresolved(arn) || arn.split(':')[2] === service);
  return [
    ...allowAny('ReadSecrets', ['secretsmanager:GetSecretValue'], of('secretsmanager').flatMap(withSuffix)),
    ...allowAny('ReadParameters', ['ssm:GetParameters'], of('ssm')),
  ];
}

const ECR_IMAGE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/;

/** Grants pulling the images in ECR. Images of other registries need no IAM rights. */
function imagesAccess(images: readonly string[]): PolicyStatement[] {
  const repositories = images.flatMap((image) => {
    const [, account, region, repository] = ECR_IMAGE.exec(image) ?? [];
    return repository === undefined
      ? []
      : [`arn:${Aws.PARTITION}:ecr:${region}:${account}:repository/${repository}`];
  });
  if (repositories.length === 0) return [];
  return [
    allow(
      'PullImages',
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      [...new Set(repositories)],
    ),
    allow('LogInToRegistry', ['ecr:GetAuthorizationToken'], ['*'], 'The action takes no resource.'),
  ];
}

function allowAny(sid: string, actions: string[], resources: string[]): PolicyStatement[] {
  return resources.length === 0 ? [] : [allow(sid, actions, resources)];
}
