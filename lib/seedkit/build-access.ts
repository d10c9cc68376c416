import { ArnFormat, Aws, Stack, Token } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

import { RUNS_PREFIX, seedkitNames, type AllowList, type BuildVpc } from '../contract/index.js';
import { allow } from '../control-plane/access-statement.js';
import { keyAccess } from '../control-plane/key-access.js';
import { ownSecretsAccess } from './own-secrets-access.js';
import { networkAccess } from './build-network.js';
import { packagesAccess } from './seedkit-packages.js';

export interface BuildAccessProps {
  readonly seedkit: string;
  readonly bucket: Bucket;
  readonly encryptionKey?: IKey | undefined;
  readonly allow: AllowList;
  /** Image of builds that name none, as far as it is known before deployment. */
  readonly defaultImage: string;
  /** Network of builds. */
  readonly vpc?: BuildVpc | undefined;
  /** Whether there is a domain of packages. */
  readonly hasPackages: boolean;
}

/** What a build needs of the seedkit's resources: read code and input, leave output, log, and what is allowed. */
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
    allow('FindObjects', ['s3:ListBucket', 's3:GetBucketLocation', 's3:GetBucketAcl'], [bucket.bucketArn]),
    allow(
      'ReadObjects',
      ['s3:GetObject', 's3:GetObjectVersion'],
      [bucket.arnForObjects('*')],
      'The bucket is the seedkit’s own, and aws-codeseeder’s clients put bundles under names of theirs.',
    ),
    allow(
      'PutOutput',
      ['s3:PutObject'],
      [bucket.arnForObjects(`${RUNS_PREFIX}*`)],
      'Each run has its output below its own id.',
    ),
    ...keyAccess(props.encryptionKey, 'readWrite', []),
    ...ownSecretsAccess(scope, props.seedkit),
    ...secretsAccess(props.allow.secrets),
    ...imagesAccess([props.defaultImage, ...props.allow.images]),
    ...(props.vpc === undefined ? [] : networkAccess(scope, props.vpc)),
    ...(props.hasPackages ? packagesAccess(scope, props.seedkit) : []),
  ];
}

/** Reads the allowed secrets; one under a key of its own needs that key granted by its owner. */
function secretsAccess(secrets: readonly string[]): PolicyStatement[] {
  // An ARN that is known at deployment only may be either's; it matches nothing where it is not.
  const of = (service: string) =>
    secrets.filter((arn) => Token.isUnresolved(arn) || arn.split(':')[2] === service);
  return [
    ...allowAny('ReadSecrets', ['secretsmanager:GetSecretValue'], of('secretsmanager').flatMap(withSuffix)),
    ...allowAny('ReadParameters', ['ssm:GetParameters'], of('ssm')),
  ];
}

/** An ARN made of a secret's name lacks the hyphen and six characters that Secrets Manager ends it in. */
function withSuffix(secret: string): string[] {
  return secret.endsWith('*') || /-[A-Za-z0-9]{6}$/.test(secret) ? [secret] : [secret, `${secret}-??????`];
}

const ECR_IMAGE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/;

/** Pulls the images that lie in ECR; the others need no right of the account's. */
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
