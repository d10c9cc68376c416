import { describe, expect, it } from '@jest/globals';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';

import { permissionsOf, statementsOf } from './statements.js';
import { synthesizedTemplate } from './synthesized-template.js';

const template = synthesizedTemplate();

describe('client policy', () => {
  const executions = 'arn:aws:states:eu-central-1:123456789012:execution:codeseeder-demo:*';
  const mapExecutions = 'arn:aws:states:eu-central-1:123456789012:execution:codeseeder-demo_maps:*';
  const machine = 'arn:aws:states:eu-central-1:123456789012:stateMachine:codeseeder-demo';
  const table = 'arn:aws:dynamodb:eu-central-1:123456789012:table/codeseeder-demo-runs';
  const runs = [table, `${table}/index/byDay`, `${table}/index/byFacet`];
  const group = 'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/codebuild/codeseeder-demo';
  const objects = (...keys: string[]) => keys.map((key) => `arn:aws:s3:::the-bucket/${key}`);
  const locks = 'arn:aws:dynamodb:eu-central-1:123456789012:table/codeseeder-demo-locks';
  const through = ['via dynamodb', 'via s3'];
  const read = {
    'cloudformation:DescribeStacks': [
      'arn:aws:cloudformation:eu-central-1:123456789012:stack/aws-codeseeder-demo/*',
    ],
    'states:ListExecutions': [machine],
    'states:DescribeExecution': [executions, mapExecutions],
    'states:DescribeStateMachineForExecution': [executions, mapExecutions],
    'states:GetExecutionHistory': [executions, mapExecutions],
    'dynamodb:BatchGetItem': runs,
    'dynamodb:GetItem': [locks, ...runs],
    'dynamodb:Query': runs,
    'dynamodb:Scan': [locks],
    's3:GetObject': objects('bundles/*', 'maps/*', 'outputs/*', 'published/targets/*', 'runs/*/input/*'),
    's3:ListBucket': ['arn:aws:s3:::the-bucket'],
    'logs:DescribeLogStreams': [group, `${group}:*`],
    'logs:FilterLogEvents': [group, `${group}:*`],
    'logs:GetLogEvents': [group, `${group}:*`],
    'kms:Decrypt': through,
    'kms:DescribeKey': through,
  };
  const submit = {
    ...read,
    's3:PutObject': objects(
      'bundles/*',
      'bundles/*',
      'maps/*/cancel.json',
      'maps/*/inputs.jsonl',
      'maps/*/map.json',
      'runs/*/input/invocation.json',
    ),
    's3:AbortMultipartUpload': ['arn:aws:s3:::the-bucket/bundles/*'],
    'states:StartExecution': [machine, `${machine}_maps`],
    'states:StopExecution': [executions, mapExecutions],
    'kms:Encrypt': ['via s3'],
    'kms:GenerateDataKey': ['via s3'],
    'kms:GenerateDataKeyWithoutPlaintext': ['via s3'],
    'kms:ReEncryptFrom': ['via s3'],
    'kms:ReEncryptTo': ['via s3'],
  };

  it('The client policy has the rights of a client', () => {
    expect(permissionsOf(statementsOf(template, 'ClientPolicy'))).toEqual(submit);
  });

  it('`grantSubmit` gives a role the rights of a client', () => {
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
