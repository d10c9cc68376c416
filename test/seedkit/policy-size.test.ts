import { describe, expect, it } from '@jest/globals';
import { Aws, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';

import { checkPolicySize } from '../../lib/seedkit/policy-size.js';
import { synthesizedTemplate } from './synthesized-template.js';
import { withTemplateApp } from './template-app.js';

const ACCOUNT = '123456789012';
const IN_FRANKFURT = { env: { account: ACCOUNT, region: 'eu-central-1' } };

/** Checks the size of a policy with one statement. @param resourcesOf returns the statement's resources */
function check(resourcesOf: (stack: Stack) => string[], props: StackProps = {}): void {
  withTemplateApp((app) => {
    const stack = new Stack(app, 'Stack', props);
    const statements = [new PolicyStatement({ actions: ['a:B'], resources: resourcesOf(stack) })];
    checkPolicySize(new ManagedPolicy(stack, 'Policy', { statements }), 'policy of tests', 'Shorten it.');
  });
}

/** Adds a resource to the given ones, so that the policy has exactly this number of characters. */
function filledUp(characters: number, resources: readonly string[]): string[] {
  const document = (last: string) =>
    JSON.stringify({
      Statement: [{ Action: 'a:B', Effect: 'Allow', Resource: [...resources, last] }],
      Version: '2012-10-17',
    });
  return [...resources, 'x'.repeat(characters - document('').length)];
}

describe('checkPolicySize', () => {
  it('`checkPolicySize` refuses more than 6,144 characters with the size and a remedy', () => {
    expect(() => check(() => filledUp(6_144, ['y']))).not.toThrow();
    expect(() => check(() => filledUp(6_145, ['y']))).toThrow(
      expect.objectContaining({
        code: 'InvalidRequest',
        message:
          'The policy of tests has 6145 characters, but IAM allows at most 6144 in a managed policy. Shorten it.',
      }),
    );
  });

  it.each([
    ['us-east-1', {}],
    ['eu-central-1', IN_FRANKFURT],
  ])('`checkPolicySize` counts the deployed names of resources, in %s', (region, props) => {
    const at = (service: string) => `arn:aws:${service}:${region}:${ACCOUNT}:`;
    const deployed = [
      `arn:aws:s3:::bucket-${ACCOUNT}/runs/*`,
      `${at('dynamodb')}table/runs`,
      `${at('kms')}key/${'k'.repeat(36)}`,
      `${at('logs')}log-group:builds`,
      `s3.${region}.amazonaws.com`,
    ];
    const made = (stack: Stack, [last]: string[]) => [
      new Bucket(stack, 'Bucket', { bucketName: `bucket-${Aws.ACCOUNT_ID}` }).arnForObjects('runs/*'),
      new Table(stack, 'Table', {
        tableName: 'runs',
        partitionKey: { name: 'id', type: AttributeType.STRING },
      }).tableArn,
      new Key(stack, 'Key').keyArn,
      `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:builds`,
      `s3.${Aws.REGION}.${Aws.URL_SUFFIX}`,
      String(last),
    ];
    expect(() => check((stack) => made(stack, filledUp(6_144, deployed).slice(-1)), props)).not.toThrow();
    expect(() => check((stack) => made(stack, filledUp(6_145, deployed).slice(-1)), props)).toThrow('6145');
  });

  it('`checkPolicySize` does not count values that are known only at deployment', () => {
    expect(() => check(() => [Fn.importValue('x'.repeat(7_000)), 'y'])).not.toThrow();
  });
});

describe('policy limits of a seedkit', () => {
  const arn = (index: number) => `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:team/secret-${index}`;
  const several = <Item>(count: number, item: (index: number) => Item) =>
    Array.from({ length: count }, (_, index) => item(index));

  it('A seedkit with too many allowed secrets for the policy of builds is refused', () => {
    expect(() => synthesizedTemplate({ allow: { secrets: several(40, arn) } })).toThrow(
      /^The policy of builds has \d{4} characters, .*:secret:team\/\*\.$/,
    );
  });

  it('A seedkit with too many allowed projects for the policy of clients is refused', () => {
    const projects = several(40, (index) => `team-builds-${index}`);
    expect(() => synthesizedTemplate({ allow: { projects } })).toThrow(
      /^The policy of clients has \d{4,5} characters, .* such as team-\*\.$/,
    );
  });
});
