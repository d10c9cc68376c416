import { describe, expect, it, jest } from '@jest/globals';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';

import {
  HANDLER_ENVIRONMENTS,
  HANDLER_VARIABLES,
  HANDLERS,
  parseHandlerEnvironment,
  PROJECT_VARIABLES,
  SEEDKIT_OUTPUTS,
} from '../../lib/contract/index.js';
import { resolved } from './resolved-template.js';
import { permissionsOf, statementsById, statementsOf } from './statements.js';
import {
  synthesizedTemplate,
  type SynthesizedTemplate,
  type TemplateResource,
} from './synthesized-template.js';

jest.setTimeout(120_000);

const template = synthesizedTemplate();
const unencrypted = synthesizedTemplate({ encryption: false });

function ofType(type: string, from: SynthesizedTemplate = template): TemplateResource[] {
  return Object.values(from.Resources)
    .filter(({ Type }) => Type === type)
    .map((resource) => ({
      ...resource,
      Properties: resolved(from, resource.Properties) as Record<string, unknown>,
    }));
}

function only(type: string, from: SynthesizedTemplate = template): TemplateResource {
  const [resource, ...others] = ofType(type, from);
  if (resource === undefined || others.length > 0)
    throw new Error(`${others.length + 1} resources of ${type}`);
  return resource;
}

describe('the stack', () => {
  it('exports each output of the contract but those of CodeArtifact', () => {
    const exports = Object.fromEntries(
      Object.entries(template.Outputs).map(([name, { Export }]) => [name, Export.Name]),
    );
    const expected = Object.entries(SEEDKIT_OUTPUTS).filter(
      ([name]) => !/^(CodeArtifact|RegistryCredentials)/.test(name),
    );
    expect(exports).toEqual(
      Object.fromEntries(expected.map(([name, suffix]) => [name, `codeseeder-demo-${suffix}`])),
    );
  });

  it('takes the build image as a parameter', () => {
    expect(template.Parameters['BuildImage']).toMatchObject({
      Type: 'String',
      Default: 'aws/codebuild/standard:8.0',
    });
    expect(template.Outputs['CodeBuildProjectBuildImage']?.Value).toEqual({ Ref: 'BuildImage' });
  });

  it('tags what can be tagged with the seedkit’s name', () => {
    const untagged = Object.entries(template.Resources).filter(
      ([, { Properties }]) =>
        Properties['Tags'] !== undefined &&
        !JSON.stringify(Properties['Tags']).includes(
          '{"Key":"codeseeder-seedkit-name","Value":"codeseeder-demo"}',
        ),
    );
    expect(untagged).toEqual([]);
    expect(only('AWS::S3::Bucket').Properties['Tags']).toBeDefined();
  });

  it('is the same whenever it is synthesized', () => {
    expect(synthesizedTemplate()).toEqual(template);
  });

  it('names no partition of its own', () => {
    expect(JSON.stringify(template)).not.toMatch(/arn:aws/);
  });

  it.each(['Demo', 'demo-', 'a--b', '1demo', '', 'a'.repeat(28)])(
    'refuses the seedkit name %j',
    (seedkitName) => {
      expect(() => synthesizedTemplate({ seedkitName })).toThrow(/seedkit name/);
    },
  );

  it('refuses a deploy id that is not six letters', () => {
    expect(() => synthesizedTemplate({ deployId: 'ABC' })).toThrow(/deploy id "ABC"/);
  });

  it('says to build first when the handlers are not there', () => {
    expect(() => synthesizedTemplate({ handlersFolder: '/nowhere' })).toThrow(/npm run build/);
  });

  it('uses plain resource types and one custom resource', () => {
    const types = new Set(Object.values(template.Resources).map(({ Type }) => Type));
    expect([...types].filter((type) => !type.startsWith('AWS::'))).toEqual(['Custom::CodeseederLogGroup']);
  });
});

/** What builds may read without an entry in the allow list. */
const OWN_SECRETS = {
  'secretsmanager:GetSecretValue': [
    '*-docker-credentials*',
    '*-mirror-credentials*',
    'codeseeder/demo/*',
  ].map((name) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}`),
  'ssm:GetParameters': ['arn:aws:ssm:eu-central-1:123456789012:parameter/codeseeder/demo/*'],
};

describe('every policy', () => {
  const statements = Object.values(statementsById(template)).flat();

  it('allows no action by a wildcard', () => {
    const allowed = statements.filter(({ effect }) => effect === 'Allow').flatMap(({ actions }) => actions);
    expect(allowed.length).toBeGreaterThan(50);
    expect(allowed.filter((action) => action.includes('*'))).toEqual([]);
  });

  it('allows any resource only where AWS offers nothing narrower, or where the resource is the key itself', () => {
    const anywhere = Object.entries(statementsById(template))
      .filter(([logicalId]) => !logicalId.startsWith('EncryptionKey'))
      .flatMap(([, found]) => found)
      .filter(({ effect, resources }) => effect === 'Allow' && resources.includes('*'))
      .flatMap(({ actions }) => actions);
    expect(anywhere.filter((action) => !/^(xray:|logs:.*LogDeliver)/.test(action)).sort()).toEqual([
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:PutResourcePolicy',
    ]);
  });
});

describe('the bucket', () => {
  it('is named, encrypted with the key, private and kept', () => {
    expect(only('AWS::S3::Bucket')).toMatchObject({
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

  it('removes what lies under its prefixes after thirty days', () => {
    const { Rules } = only('AWS::S3::Bucket').Properties['LifecycleConfiguration'] as { Rules: unknown[] };
    expect(Rules).toEqual([
      expect.objectContaining({ Prefix: 'bundles/', ExpirationInDays: 30, Status: 'Enabled' }),
      expect.objectContaining({ Prefix: 'runs/', ExpirationInDays: 30, Status: 'Enabled' }),
      expect.objectContaining({ Prefix: 'inbox/', ExpirationInDays: 30, Status: 'Enabled' }),
      expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
    ]);
  });

  it('tells EventBridge of its objects, by the template alone', () => {
    expect(only('AWS::S3::Bucket').Properties['NotificationConfiguration']).toEqual({
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    });
    expect(ofType('Custom::S3BucketNotifications')).toEqual([]);
  });

  it('and the queue refuse what does not come over TLS', () => {
    const denials = Object.values(statementsById(template))
      .flat()
      .filter(({ effect, principal }) => effect === 'Deny' && principal !== undefined);
    expect(denials).toEqual([
      expect.objectContaining({ actions: ['s3:*'], condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({
        actions: ['sqs:*'],
        condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ]);
  });
});

describe('the run table', () => {
  it('has the index by day, expiry, recovery and the key, and is kept', () => {
    expect(only('AWS::DynamoDB::Table')).toMatchObject({
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
        ],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      },
    });
  });
});

describe('the build project', () => {
  const project = only('AWS::CodeBuild::Project');

  it('has the names, limits and variables that clients rely on', () => {
    expect(project.Properties).toMatchObject({
      Name: 'codeseeder-demo',
      Source: { Type: 'NO_SOURCE' },
      Artifacts: { Type: 'NO_ARTIFACTS' },
      Environment: { Type: 'LINUX_CONTAINER', ComputeType: 'BUILD_GENERAL1_SMALL', PrivilegedMode: false },
      LogsConfig: { CloudWatchLogs: { GroupName: '/aws/codebuild/codeseeder-demo', Status: 'ENABLED' } },
      EncryptionKey: 'arn:aws:kms:eu-central-1:123456789012:key/the-key',
      TimeoutInMinutes: 30,
      QueuedTimeoutInMinutes: 480,
    });
    const { EnvironmentVariables } = project.Properties['Environment'] as {
      EnvironmentVariables: { Name: string; Value: string }[];
    };
    expect(Object.fromEntries(EnvironmentVariables.map(({ Name, Value }) => [Name, Value]))).toEqual({
      [PROJECT_VARIABLES.account]: '123456789012',
      [PROJECT_VARIABLES.seedkit]: 'demo',
      [PROJECT_VARIABLES.dockerSecret]: 'NONE',
      [PROJECT_VARIABLES.pypiMirrorSecret]: 'NONE',
      [PROJECT_VARIABLES.npmMirrorSecret]: 'NONE',
      [PROJECT_VARIABLES.mirrorSecret]: 'NONE',
    });
  });

  it('comes after its log group was adopted and its role may build', () => {
    expect(project.DependsOn).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^BuildLogAdopted/),
        expect.stringMatching(/^BuildResourcesPolicy/),
      ]),
    );
    expect(only('Custom::CodeseederLogGroup').Properties).toMatchObject({
      ServiceToken: 'arn:aws:lambda:eu-central-1:123456789012:function:codeseeder-demo-adopt-log-group',
      LogGroupName: '/aws/codebuild/codeseeder-demo',
      RetentionInDays: 90,
      KmsKeyId: 'arn:aws:kms:eu-central-1:123456789012:key/the-key',
    });
  });

  it('has a role that bears the contract’s name and stands on the resources policy alone', () => {
    const [role] = ofType('AWS::IAM::Role').filter(({ Properties }) => Properties['RoleName'] !== undefined);
    expect(role?.Properties).toMatchObject({
      RoleName: 'codeseeder-demo-eu-central-1-codebuild',
      ManagedPolicyArns: [expect.stringMatching(/BuildResourcesPolicy/)],
    });
    expect(
      ofType('AWS::IAM::Policy').map(({ Properties }) => JSON.stringify(Properties['Roles'])),
    ).not.toContain(expect.stringMatching(/BuildRole/));
  });

  it('may read code and input, leave output, log and use the key', () => {
    const group = 'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/codebuild/codeseeder-demo';
    const key = Object.fromEntries(
      [
        'Decrypt',
        'DescribeKey',
        'Encrypt',
        'ReEncryptFrom',
        'ReEncryptTo',
        'GenerateDataKey',
        'GenerateDataKeyWithoutPlaintext',
      ].map((action) => [`kms:${action}`, ['directly']]),
    );
    expect(permissionsOf(statementsOf(template, 'BuildResourcesPolicy'))).toEqual({
      'logs:CreateLogGroup': [group, `${group}:*`],
      'logs:CreateLogStream': [group, `${group}:*`],
      'logs:PutLogEvents': [group, `${group}:*`],
      's3:ListBucket': ['arn:aws:s3:::the-bucket'],
      's3:GetBucketLocation': ['arn:aws:s3:::the-bucket'],
      's3:GetBucketAcl': ['arn:aws:s3:::the-bucket'],
      's3:GetObject': ['arn:aws:s3:::the-bucket/*'],
      's3:GetObjectVersion': ['arn:aws:s3:::the-bucket/*'],
      's3:PutObject': ['arn:aws:s3:::the-bucket/runs/*'],
      ...OWN_SECRETS,
      ...key,
    });
  });

  it('may read the allowed secrets and pull the allowed images', () => {
    const secret = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:npm-*';
    const parameter = 'arn:aws:ssm:eu-central-1:123456789012:parameter/team/*';
    const image = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/tools:*';
    const allowing = synthesizedTemplate({
      allow: { secrets: [secret, parameter], images: [image, 'node:24'] },
    });
    expect(permissionsOf(statementsOf(allowing, 'BuildResourcesPolicy'))).toMatchObject({
      'secretsmanager:GetSecretValue': [...OWN_SECRETS['secretsmanager:GetSecretValue'], secret],
      'ssm:GetParameters': [...OWN_SECRETS['ssm:GetParameters'], parameter],
      'ecr:BatchGetImage': ['arn:aws:ecr:eu-central-1:123456789012:repository/tools'],
      'ecr:GetAuthorizationToken': ['*'],
    });
  });
});

describe('the handlers', () => {
  const functions = ofType('AWS::Lambda::Function');

  it('are those of the contract', () => {
    expect(functions.map(({ Properties }) => Properties['FunctionName']).sort()).toEqual(
      HANDLERS.map((handler) => `codeseeder-demo-${handler}`).sort(),
    );
  });

  it.each(HANDLERS.map((handler) => [handler] as const))(
    '%s runs on Node 24 with what it reads',
    (handler) => {
      const found = functions.find(
        ({ Properties }) => Properties['FunctionName'] === `codeseeder-demo-${handler}`,
      );
      expect(found?.Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
      });
      const { NODE_OPTIONS, ...variables } = (
        found?.Properties['Environment'] as { Variables: Record<string, string> }
      ).Variables;
      expect(NODE_OPTIONS).toBe('--enable-source-maps');
      expect(Object.keys(variables).sort()).toEqual(
        HANDLER_ENVIRONMENTS[handler].map((variable) => HANDLER_VARIABLES[variable]).sort(),
      );
      expect(() => parseHandlerEnvironment(handler, variables)).not.toThrow();
    },
  );

  it('that read whole invocations and results have the memory for it', () => {
    const memoryOf = Object.fromEntries(
      functions.map(({ Properties }) => [Properties['FunctionName'], Properties['MemorySize']]),
    );
    expect(memoryOf).toEqual({
      'codeseeder-demo-start-run': 1024,
      'codeseeder-demo-prepare-run': 1024,
      'codeseeder-demo-start-build': 512,
      'codeseeder-demo-poll-build': 256,
      'codeseeder-demo-collect-outcome': 1024,
      'codeseeder-demo-reconcile-run': 512,
      'codeseeder-demo-adopt-log-group': 512,
    });
  });

  it('and the machine log into groups of their own, encrypted and cleared', () => {
    const groups = ofType('AWS::Logs::LogGroup');
    expect(groups.map(({ Properties }) => Properties['LogGroupName']).sort()).toEqual(
      [
        ...HANDLERS.map((handler) => `/aws/lambda/codeseeder-demo-${handler}`),
        '/aws/vendedlogs/states/codeseeder-demo',
      ].sort(),
    );
    for (const { Properties } of groups) {
      expect(Properties).toMatchObject({
        RetentionInDays: 90,
        KmsKeyId: 'arn:aws:kms:eu-central-1:123456789012:key/the-key',
      });
    }
  });

  it('learn what the construct allows', () => {
    const allowing = synthesizedTemplate({ allow: { images: ['node:*'], privileged: true } });
    const prepare = ofType('AWS::Lambda::Function', allowing).find(
      ({ Properties }) => Properties['FunctionName'] === 'codeseeder-demo-prepare-run',
    );
    const { Variables } = prepare?.Properties['Environment'] as { Variables: Record<string, string> };
    expect(parseHandlerEnvironment('prepare-run', Variables).allow).toEqual({
      roles: [],
      projects: [],
      fleets: [],
      secrets: [],
      images: ['node:*'],
      privileged: true,
    });
  });
});

describe('the rules', () => {
  it('start requested runs and reconcile ended ones, with retries and a dead-letter queue', () => {
    const rules = Object.fromEntries(
      ofType('AWS::Events::Rule').map(({ Properties: { Name, ...rule } }) => [Name as string, rule]),
    );
    const target = (handler: string) => [
      {
        Id: 'Target0',
        Arn: `arn:aws:lambda:eu-central-1:123456789012:function:codeseeder-demo-${handler}`,
        DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-central-1:123456789012:codeseeder-demo-dead-letters' },
        RetryPolicy: { MaximumEventAgeInSeconds: 7200, MaximumRetryAttempts: 24 },
      },
    ];
    expect(rules).toMatchObject({
      'codeseeder-demo-run-requested': {
        EventBusName: 'codeseeder-demo',
        EventPattern: { 'detail-type': ['Run Requested'] },
        Targets: target('start-run'),
      },
      'codeseeder-demo-inbox': {
        EventPattern: {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          detail: {
            bucket: { name: ['the-bucket'] },
            object: { key: [{ wildcard: 'inbox/*.request.json' }] },
          },
        },
        Targets: target('start-run'),
      },
      'codeseeder-demo-execution-ended': {
        EventPattern: {
          source: ['aws.states'],
          'detail-type': ['Step Functions Execution Status Change'],
          detail: {
            stateMachineArn: ['arn:aws:states:eu-central-1:123456789012:stateMachine:codeseeder-demo'],
            status: ['ABORTED', 'TIMED_OUT', 'FAILED'],
          },
        },
        Targets: target('reconcile-run'),
      },
      'codeseeder-demo-reconcile': {
        ScheduleExpression: 'rate(5 minutes)',
        Targets: target('reconcile-run'),
      },
    });
    for (const name of ['execution-ended', 'inbox']) {
      expect(rules[`codeseeder-demo-${name}`]).not.toHaveProperty('EventBusName');
    }
  });

  it('may invoke their handlers, each by its own ARN', () => {
    const permissions = ofType('AWS::Lambda::Permission').map(({ Properties }) => [
      Properties['FunctionName'],
      Properties['SourceArn'],
    ]);
    expect(permissions).toHaveLength(4);
    expect(permissions.every(([, source]) => String(source).startsWith('arn:aws:events:'))).toBe(true);
  });

  it('and the handlers behind them leave no failed event behind', () => {
    const configs = ofType('AWS::Lambda::EventInvokeConfig').map(({ Properties }) => Properties);
    expect(configs).toHaveLength(2);
    for (const config of configs) {
      expect(config).toMatchObject({
        MaximumRetryAttempts: 2,
        DestinationConfig: {
          OnFailure: { Destination: 'arn:aws:sqs:eu-central-1:123456789012:codeseeder-demo-dead-letters' },
        },
      });
    }
  });
});

describe('the alarms', () => {
  it('watch failed runs, the control plane, dead letters and the sweep', () => {
    expect(ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties['AlarmName'])).toEqual([
      'codeseeder-demo-failed-runs',
      'codeseeder-demo-control-plane-errors',
      'codeseeder-demo-dead-letters',
      'codeseeder-demo-sweep-missing',
    ]);
  });

  it('tell whom they are given', () => {
    const told = synthesizedTemplate({}, (stack) => {
      const topic = new Topic(stack, 'Topic');
      for (const alarm of stack.controlPlane.alarms) alarm.addAlarmAction(new SnsAction(topic));
    });
    const actions = ofType('AWS::CloudWatch::Alarm', told).map(
      ({ Properties }) => Properties['AlarmActions'],
    );
    expect(actions).toEqual(Array(4).fill([expect.stringMatching(/Topic/)]));
  });
});

describe('the key', () => {
  const statements = statementsOf(template, 'EncryptionKey');
  const bySid = (sid: string) => statements.find((statement) => statement.sid === sid);

  it('is rotated, kept and has its alias', () => {
    expect(only('AWS::KMS::Key')).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { EnableKeyRotation: true },
    });
    expect(only('AWS::KMS::Alias').Properties['AliasName']).toMatch(/^alias\/codeseeder-demo-[a-z]{6}$/);
  });

  it('can be administered and granted by the account', () => {
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

  it('admits the log service for the seedkit’s own groups', () => {
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
            group('/aws/lambda/codeseeder-demo-*'),
          ],
        },
      },
    });
  });

  it('admits EventBridge for the seedkit’s bus and for the dead letters of its rules', () => {
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

  it('encrypts bus and dead letters too', () => {
    const key = 'arn:aws:kms:eu-central-1:123456789012:key/the-key';
    expect(only('AWS::Events::EventBus').Properties['KmsKeyIdentifier']).toBe(key);
    expect(only('AWS::SQS::Queue').Properties['KmsMasterKeyId']).toBe(key);
  });

  it('is nowhere when encryption is off', () => {
    expect(JSON.stringify(unencrypted)).not.toMatch(/kms:|AWS::KMS|KmsKey(Id|Arn)/);
    expect(unencrypted.Outputs).not.toHaveProperty('KmsKeyArn');
  });
});

describe('what a client may do', () => {
  const executions = 'arn:aws:states:eu-central-1:123456789012:execution:codeseeder-demo:*';
  const machine = 'arn:aws:states:eu-central-1:123456789012:stateMachine:codeseeder-demo';
  const table = 'arn:aws:dynamodb:eu-central-1:123456789012:table/codeseeder-demo-runs';
  const group = 'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/codebuild/codeseeder-demo';
  const objects = ['arn:aws:s3:::the-bucket/bundles/*', 'arn:aws:s3:::the-bucket/runs/*'];
  const through = ['via dynamodb', 'via s3'];
  const read = {
    'cloudformation:DescribeStacks': [
      'arn:aws:cloudformation:eu-central-1:123456789012:stack/aws-codeseeder-demo/*',
    ],
    'states:ListExecutions': [machine],
    'states:DescribeExecution': [executions],
    'states:GetExecutionHistory': [executions],
    'dynamodb:GetItem': [table, `${table}/index/byDay`],
    'dynamodb:Query': [table, `${table}/index/byDay`],
    's3:GetObject': objects,
    's3:ListBucket': ['arn:aws:s3:::the-bucket'],
    'codebuild:BatchGetBuilds': ['arn:aws:codebuild:eu-central-1:123456789012:project/codeseeder-demo'],
    'logs:DescribeLogStreams': [group, `${group}:*`],
    'logs:FilterLogEvents': [group, `${group}:*`],
    'logs:GetLogEvents': [group, `${group}:*`],
    'kms:Decrypt': through,
    'kms:DescribeKey': through,
  };
  const submit = {
    ...read,
    's3:PutObject': objects,
    'states:StartExecution': [machine],
    'states:StopExecution': [executions],
    'kms:Encrypt': through,
    'kms:GenerateDataKey': through,
    'kms:GenerateDataKeyWithoutPlaintext': through,
    'kms:ReEncryptFrom': through,
    'kms:ReEncryptTo': through,
  };

  it('is in the client policy', () => {
    expect(permissionsOf(statementsOf(template, 'ClientPolicy'))).toEqual(submit);
  });

  it('can be granted to a role', () => {
    const granting = synthesizedTemplate({}, (stack) => {
      const role = (id: string) =>
        new Role(stack, id, { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
      stack.grantSubmit(role('Submitter'));
      stack.grantReadRuns(role('Reader'));
    });
    expect(permissionsOf(statementsOf(granting, 'SubmitterDefaultPolicy'))).toEqual(submit);
    expect(permissionsOf(statementsOf(granting, 'ReaderDefaultPolicy'))).toEqual(read);
  });
});

describe('a seedkit with every option', () => {
  const full = synthesizedTemplate({
    deployId: 'abcdef',
    buildImage: 'node:24',
    objectExpiration: Duration.days(7),
    recordExpiration: Duration.days(10),
    logRetention: RetentionDays.ONE_WEEK,
    executionTimeout: Duration.hours(2),
    deletionProtection: true,
    dataRemovalPolicy: RemovalPolicy.DESTROY,
  });

  it('follows them', () => {
    expect(full.Outputs['DeployId']?.Value).toBe('abcdef');
    expect(full.Parameters['BuildImage']?.Default).toBe('node:24');
    expect(only('AWS::S3::Bucket', full)).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: { BucketName: 'codeseeder-demo-123456789012-abcdef' },
    });
    expect(only('AWS::DynamoDB::Table', full)).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: { DeletionProtectionEnabled: true },
    });
    expect(only('Custom::CodeseederLogGroup', full).Properties['RetentionInDays']).toBe(7);
    const prepare = ofType('AWS::Lambda::Function', full).find(
      ({ Properties }) => Properties['FunctionName'] === 'codeseeder-demo-prepare-run',
    );
    const { Variables } = prepare?.Properties['Environment'] as { Variables: Record<string, string> };
    expect(parseHandlerEnvironment('prepare-run', Variables)).toMatchObject({
      recordExpirationDays: 10,
      bundleExpirationDays: 7,
    });
    expect(only('AWS::StepFunctions::StateMachine', full).Properties['DefinitionString']).toContain(
      '"TimeoutSeconds":7200',
    );
  });
});
