import { describe, expect, it } from '@jest/globals';

import { statementsById, statementsOf } from './statements.js';
import { synthesizedTemplate } from './synthesized-template.js';
import { onlyResource, resourcesOf, tableOf } from './template-resources.js';

const template = synthesizedTemplate();
const unencrypted = synthesizedTemplate({ encryption: false });

describe('SeedkitBucket', () => {
  it('The bucket is named, encrypted with the key, private and retained', () => {
    expect(onlyResource('AWS::S3::Bucket', template)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        BucketName: expect.stringMatching(/^codeseeder-demo-123456789012-[a-z]{6}$/),
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            {
              BucketKeyEnabled: true,
              ServerSideEncryptionByDefault: {
                SSEAlgorithm: 'aws:kms',
                KMSMasterKeyID: 'arn:aws:kms:eu-central-1:123456789012:key/the-key',
              },
            },
          ],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    });
  });

  it('The bucket deletes objects of its prefixes after thirty days, and caches after seven', () => {
    const { Rules } = onlyResource('AWS::S3::Bucket', template).Properties['LifecycleConfiguration'] as {
      Rules: unknown[];
    };
    expect(Rules).toEqual([
      expect.objectContaining({ Prefix: 'bundles/', ExpirationInDays: 30, Status: 'Enabled' }),
      expect.objectContaining({ Prefix: 'runs/', ExpirationInDays: 30, Status: 'Enabled' }),
      expect.objectContaining({ Prefix: 'outputs/', ExpirationInDays: 30, Status: 'Enabled' }),
      expect.objectContaining({ Prefix: 'maps/', ExpirationInDays: 30, Status: 'Enabled' }),
      expect.objectContaining({ Prefix: 'inbox/', ExpirationInDays: 30, Status: 'Enabled' }),
      expect.objectContaining({ Prefix: 'cache/', ExpirationInDays: 7, Status: 'Enabled' }),
      expect.objectContaining({ Prefix: 'codeseeder/', ExpirationInDays: 30, Status: 'Enabled' }),
      expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
    ]);
  });

  it('The bucket sends events to EventBridge without a custom resource', () => {
    expect(onlyResource('AWS::S3::Bucket', template).Properties['NotificationConfiguration']).toEqual({
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    });
    expect(resourcesOf('Custom::S3BucketNotifications', template)).toEqual([]);
  });

  it('Bucket and queues refuse requests without TLS', () => {
    const denials = Object.values(statementsById(template))
      .flat()
      .filter(({ effect, principal }) => effect === 'Deny' && principal !== undefined)
      .filter(({ condition }) => JSON.stringify(condition ?? {}).includes('aws:SecureTransport'));
    expect(denials).toEqual([
      expect.objectContaining({ actions: ['s3:*'], condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({
        actions: ['sqs:*'],
        condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      expect.objectContaining({
        actions: ['sqs:*'],
        condition: { Bool: { 'aws:SecureTransport': 'false' } },
        resources: ['arn:aws:sqs:eu-central-1:123456789012:codeseeder-demo-bus-dead-letters'],
      }),
    ]);
  });
});

describe('RunTable', () => {
  it('The run table has the indexes by day, by build and by facet, expiry, recovery and the key, and is retained', () => {
    expect(tableOf('codeseeder-demo-runs', template)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        TableName: 'codeseeder-demo-runs',
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: false,
        KeySchema: [{ AttributeName: 'runId', KeyType: 'HASH' }],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byDay',
            KeySchema: [
              { AttributeName: 'day', KeyType: 'HASH' },
              { AttributeName: 'queuedAt', KeyType: 'RANGE' },
            ],
          },
          {
            IndexName: 'byBuild',
            KeySchema: [{ AttributeName: 'buildId', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
          {
            IndexName: 'byFacet',
            KeySchema: [
              { AttributeName: 'facet', KeyType: 'HASH' },
              { AttributeName: 'position', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      },
    });
  });
});

describe('LockTable', () => {
  it('The table of locks has one item per lock, expiry, recovery and the key, and is deleted with the stack', () => {
    expect(tableOf('codeseeder-demo-locks', template)).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'lock', KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      },
    });
    expect(tableOf('codeseeder-demo-locks', template)?.Properties).not.toHaveProperty(
      'GlobalSecondaryIndexes',
    );
  });
});

describe('SeedkitKey', () => {
  const statements = statementsOf(template, 'EncryptionKey');
  const bySid = (sid: string) => statements.find((statement) => statement.sid === sid);

  it('The key is rotated and retained and has its alias', () => {
    expect(onlyResource('AWS::KMS::Key', template)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { EnableKeyRotation: true },
    });
    expect(onlyResource('AWS::KMS::Alias', template).Properties['AliasName']).toMatch(
      /^alias\/codeseeder-demo-[a-z]{6}$/,
    );
  });

  it('The account can administer the key and grant its use', () => {
    expect(bySid('Account')).toMatchObject({
      principal: { AWS: 'arn:aws:iam::123456789012:root' },
      actions: expect.arrayContaining([
        'kms:PutKeyPolicy',
        'kms:ScheduleKeyDeletion',
        'kms:Decrypt',
        'kms:CreateGrant',
      ]),
    });
  });

  it("The key policy admits the log service for the seedkit's own groups", () => {
    const group = (name: string) => `arn:aws:logs:eu-central-1:123456789012:log-group:${name}`;
    expect(bySid('Logs')).toMatchObject({
      principal: { Service: 'logs.eu-central-1.amazonaws.com' },
      actions: expect.arrayContaining([
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:GenerateDataKey',
        'kms:DescribeKey',
      ]),
      condition: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': [
            group('/aws/codebuild/codeseeder-demo'),
            group('/aws/vendedlogs/states/codeseeder-demo'),
            group('/aws/vendedlogs/states/codeseeder-demo_maps'),
            group('/aws/lambda/codeseeder-demo-*'),
          ],
        },
      },
    });
  });

  it("The key policy admits EventBridge for the seedkit's bus and for the dead letters of its rules", () => {
    const bus = 'arn:aws:events:eu-central-1:123456789012:event-bus/codeseeder-demo';
    const ofEvents = statements.filter(
      ({ principal }) => JSON.stringify(principal) === '{"Service":"events.amazonaws.com"}',
    );
    expect(ofEvents).toHaveLength(2);
    expect(ofEvents).toContainEqual(
      expect.objectContaining({
        actions: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'],
        condition: {
          StringEquals: {
            'aws:SourceAccount': '123456789012',
            'aws:SourceArn': bus,
            'kms:EncryptionContext:aws:events:event-bus:arn': bus,
          },
        },
      }),
    );
    expect(bySid('DeadLetters')).toMatchObject({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      condition: {
        StringEquals: { 'aws:SourceAccount': '123456789012' },
        ArnLike: {
          'aws:SourceArn': [
            'arn:aws:events:eu-central-1:123456789012:rule/codeseeder-demo/*',
            'arn:aws:events:eu-central-1:123456789012:rule/codeseeder-demo-*',
          ],
        },
      },
    });
  });

  it('The key encrypts bus and dead letters', () => {
    const key = 'arn:aws:kms:eu-central-1:123456789012:key/the-key';
    const inRegion = synthesizedTemplate({ env: { region: 'eu-central-1' } });
    expect(onlyResource('AWS::Events::EventBus', inRegion).Properties['KmsKeyIdentifier']).toBe(key);
    expect(
      resourcesOf('AWS::SQS::Queue', template).map(({ Properties }) => [
        Properties['QueueName'],
        Properties['KmsMasterKeyId'] ?? Properties['SqsManagedSseEnabled'],
      ]),
    ).toEqual([
      ['codeseeder-demo-dead-letters', key],
      ['codeseeder-demo-bus-dead-letters', true],
    ]);
  });

  it('Without encryption, the template has no key', () => {
    expect(JSON.stringify(unencrypted)).not.toMatch(/kms:|AWS::KMS|KmsKey(Id|Arn)/);
    expect(unencrypted.Outputs).not.toHaveProperty('KmsKeyArn');
  });
});

describe('BusDeadLetters', () => {
  it('The bus may send events to its dead-letter queue, which is not under the key', () => {
    const inRegion = synthesizedTemplate({ env: { region: 'eu-central-1' } });
    const bus = onlyResource('AWS::Events::EventBus', inRegion);
    const queue = 'arn:aws:sqs:eu-central-1:123456789012:codeseeder-demo-bus-dead-letters';
    expect(bus.Properties['DeadLetterConfig']).toEqual({ Arn: queue });
    const sending = statementsOf(inRegion, 'ControlPlaneEventsBusDeadLetters').find(
      ({ sid }) => sid === 'Bus',
    );
    expect(sending).toMatchObject({
      principal: { Service: 'events.amazonaws.com' },
      actions: ['sqs:SendMessage'],
      resources: [queue],
      condition: {
        StringEquals: { 'aws:SourceAccount': '123456789012' },
        ArnEquals: { 'aws:SourceArn': 'arn:aws:events:eu-central-1:123456789012:event-bus/codeseeder-demo' },
      },
    });
  });

  it.each([
    ['without a key', { encryption: false }],
    ['in a region whose buses take none', { env: { region: 'us-gov-west-1' } }],
  ])('A bus %s has neither a key nor a dead-letter queue', (_name, props) => {
    const bare = synthesizedTemplate(props);
    const bus = onlyResource('AWS::Events::EventBus', bare);
    expect(Object.keys(bus.Properties)).toEqual(['Name', 'Tags']);
    expect(JSON.stringify(bare)).not.toContain('bus-dead-letters');
  });
});
