import { ArnFormat, Aws, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

import { KEY_ACTIONS } from '../control-plane/key-access.js';
import { seedkitNames } from '../contract/index.js';

/**
 * What the account may do with the key through IAM: each action of a symmetric key, so that the key can always
 * be administered and IAM policies can grant its use.
 */
const ADMINISTRATION = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:CreateGrant',
  'kms:DeleteAlias',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListKeyRotations',
  'kms:ListResourceTags',
  'kms:ListRetirableGrants',
  'kms:PutKeyPolicy',
  'kms:RetireGrant',
  'kms:RevokeGrant',
  'kms:RotateKeyOnDemand',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
];

export interface SeedkitKeyProps {
  readonly seedkit: string;
  readonly deployId: string;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The key that encrypts bucket, table, logs, events and dead letters. Rotated every year. Its policy admits the
 * services that use it by themselves; the bus adds its own statement; everybody else comes through IAM.
 */
export class SeedkitKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, props: SeedkitKeyProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: `Data of the seedkit ${props.seedkit}`,
      enableKeyRotation: true,
      removalPolicy: props.removalPolicy,
      policy: new PolicyDocument({
        statements: [
          keyStatement('Account', new AccountRootPrincipal(), [...ADMINISTRATION, ...KEY_ACTIONS.readWrite]),
          this.logsStatement(props.seedkit),
          this.deadLettersStatement(props.seedkit),
        ],
      }),
    });
    new Alias(this, 'Alias', {
      aliasName: seedkitNames.keyAlias(props.seedkit, props.deployId),
      targetKey: this.key,
    });
  }

  /** The log service, named in each partition's own domain, encrypts each of the seedkit's groups under its ARN. */
  private logsStatement(seedkit: string): PolicyStatement {
    const groups = [
      seedkitNames.buildLogGroup(seedkit),
      seedkitNames.machineLogGroup(seedkit),
      `/aws/lambda/${seedkitNames.prefix(seedkit)}-*`,
    ];
    return keyStatement(
      'Logs',
      new ServicePrincipal(`logs.${Aws.REGION}.${Aws.URL_SUFFIX}`),
      KEY_ACTIONS.readWrite,
      {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': groups.map((resourceName) =>
            Stack.of(this).formatArn({
              service: 'logs',
              resource: 'log-group',
              resourceName,
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          ),
        },
      },
    );
  }

  /** Rules put what they cannot deliver into an encrypted queue, each under its own ARN. */
  private deadLettersStatement(seedkit: string): PolicyStatement {
    const prefix = seedkitNames.prefix(seedkit);
    const rules = [`${seedkitNames.eventBus(seedkit)}/*`, `${prefix}-*`].map((resourceName) =>
      Stack.of(this).formatArn({ service: 'events', resource: 'rule', resourceName }),
    );
    return keyStatement('DeadLetters', EVENTS, ['kms:Decrypt', 'kms:GenerateDataKey'], {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnLike: { 'aws:SourceArn': rules },
    });
  }
}

const EVENTS = new ServicePrincipal('events.amazonaws.com');

function keyStatement(
  sid: string,
  principal: AccountRootPrincipal | ServicePrincipal,
  actions: readonly string[],
  conditions?: Record<string, Record<string, unknown>>,
): PolicyStatement {
  return new PolicyStatement({
    sid,
    principals: [principal],
    actions: [...actions],
    // A key's own policy: the resource is the key itself, which has no other name there.
    resources: ['*'],
    ...(conditions === undefined ? {} : { conditions }),
  });
}
