import { ArnFormat, Aws, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

import { definedOnly } from '../contract/defined-only.js';
import { KEY_ACTIONS } from '../control-plane/key-access.js';
import { seedkitNames } from '../contract/index.js';

/**
 * Actions that the key policy allows the account: all administrative actions of a symmetric key. The account's IAM
 * policies can then grant them, so that the key always has an administrator.
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

/** Properties of a {@link SeedkitKey}. */
export interface SeedkitKeyProps {
  readonly seedkit: string;
  readonly deployId: string;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The KMS key that encrypts bucket, tables, logs, events, dead letters and packages. It is rotated every year. Its
 * policy allows the services that use the key on their own behalf; the event bus adds its own statement. IAM grants all
 * other access.
 */
export class SeedkitKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, props: SeedkitKeyProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: seedkitNames.keyDescription(props.seedkit),
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

  /**
   * Lets CloudWatch Logs encrypt the seedkit's log groups. The service's principal name contains the region and the
   * domain of the partition.
   */
  private logsStatement(seedkit: string): PolicyStatement {
    const groups = [
      seedkitNames.buildLogGroup(seedkit),
      seedkitNames.machineLogGroup(seedkit),
      seedkitNames.mapMachineLogGroup(seedkit),
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

  /** Lets the seedkit's EventBridge rules send events to the encrypted dead-letter queue. */
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
    // In a key policy, `*` is the key itself.
    resources: ['*'],
    ...definedOnly({ conditions }),
  });
}
