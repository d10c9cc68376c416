import { describe, expect, it } from '@jest/globals';

import { PROJECT_VARIABLES } from '../../lib/contract/index.js';
import { permissionsOf, statementsOf } from './statements.js';
import { synthesizedTemplate } from './synthesized-template.js';
import { onlyResource, resourcesOf } from './template-resources.js';

const template = synthesizedTemplate();

/** The secrets that builds may read even if the allow list has no entry for them. */
const OWN_SECRETS = {
  'secretsmanager:GetSecretValue': [
    'arn:aws:secretsmanager:eu-central-1:123456789012:secret:codeseeder/demo/*',
  ],
  'ssm:GetParameters': ['arn:aws:ssm:eu-central-1:123456789012:parameter/codeseeder/demo/*'],
};

const READ = ['bundles/*', 'cache/*', 'codeseeder/*', 'published/layers/*', 'runs/*/input/*'].map(
  (key) => `arn:aws:s3:::the-bucket/${key}`,
);

describe('BuildProject', () => {
  const project = onlyResource('AWS::CodeBuild::Project', template);

  it('The build project has the names, limits and variables that clients use', () => {
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

  it('The build project is created after its log group is adopted and its role has its rights', () => {
    expect(project.DependsOn).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^BuildLogAdopted/),
        expect.stringMatching(/^BuildResourcesPolicy/),
      ]),
    );
    expect(onlyResource('Custom::CodeseederLogGroup', template).Properties).toMatchObject({
      ServiceToken: 'arn:aws:lambda:eu-central-1:123456789012:function:codeseeder-demo-adopt-log-group',
      LogGroupName: '/aws/codebuild/codeseeder-demo',
      RetentionInDays: 90,
      KmsKeyId: 'arn:aws:kms:eu-central-1:123456789012:key/the-key',
    });
  });

  it("The build role has the contract's name and only the resources policy", () => {
    const [role] = resourcesOf('AWS::IAM::Role', template).filter(
      ({ Properties }) => Properties['RoleName'] !== undefined,
    );
    expect(role?.Properties).toMatchObject({
      RoleName: 'codeseeder-demo-eu-central-1-codebuild',
      ManagedPolicyArns: [expect.stringMatching(/BuildResourcesPolicy/)],
    });
    expect(
      resourcesOf('AWS::IAM::Policy', template).map(({ Properties }) => JSON.stringify(Properties['Roles'])),
    ).not.toContain(expect.stringMatching(/BuildRole/));
  });

  it('The build role may read code and input, write output and log, and use the key', () => {
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
      's3:GetObject': READ,
      's3:GetObjectVersion': READ,
      's3:PutObject': [
        'arn:aws:s3:::the-bucket/cache/*',
        'arn:aws:s3:::the-bucket/outputs/${codebuild:buildArn}/*',
      ],
      ...OWN_SECRETS,
      ...key,
    });
  });

  it('The build role may read the allowed secrets and pull the allowed images', () => {
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
