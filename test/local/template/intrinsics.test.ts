import { describe, expect, it } from '@jest/globals';

import { NO_VALUE, resolve, type Scope } from '../../../lib/local/template/intrinsics.js';
import { planStack } from '../../../lib/local/template/stack-plan.js';
import type { Json } from '../../../lib/local/resources/resource-provider.js';
import { parseTemplate } from '../../../lib/local/template/template.js';

const identity = {
  stackName: 'demo',
  stackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/demo/1',
  account: '123456789012',
  region: 'eu-central-1',
  partition: 'aws',
};

function aScope(): Scope {
  const template = parseTemplate(
    JSON.stringify({
      Parameters: {
        Stage: { Type: 'String', Default: 'dev' },
        Zones: { Type: 'CommaDelimitedList', Default: 'a, b,c' },
      },
      Mappings: { Sizes: { dev: { memory: 128 } } },
      Conditions: {
        IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
        IsProd: { 'Fn::Not': [{ Condition: 'IsDev' }] },
        Both: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
        Either: { 'Fn::Or': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
      },
      Resources: { Bucket: { Type: 'Test::Thing' }, Off: { Type: 'Test::Thing', Condition: 'IsProd' } },
    }),
  );
  const plan = planStack(identity, template, {}, (name) => (name === 'other-vpc' ? 'vpc-1' : undefined));
  return plan.scope(false, (logicalId) =>
    logicalId === 'Bucket'
      ? { physicalId: 'my-bucket', attributes: { Arn: 'arn:aws:s3:::my-bucket', 'Endpoint.Port': 443 } }
      : undefined,
  );
}

const CASES: readonly (readonly [string, Json, Json | typeof NO_VALUE])[] = [
  ['plain data as it is', { a: [1, true, null, 'x'] }, { a: [1, true, null, 'x'] }],
  ['Ref of a resource', { Ref: 'Bucket' }, 'my-bucket'],
  ['Ref of a parameter', { Ref: 'Stage' }, 'dev'],
  ['Ref of a list parameter', { Ref: 'Zones' }, ['a', 'b', 'c']],
  ['AWS::AccountId', { Ref: 'AWS::AccountId' }, '123456789012'],
  ['AWS::Region', { Ref: 'AWS::Region' }, 'eu-central-1'],
  ['AWS::Partition', { Ref: 'AWS::Partition' }, 'aws'],
  ['AWS::URLSuffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
  ['AWS::StackName', { Ref: 'AWS::StackName' }, 'demo'],
  ['AWS::StackId', { Ref: 'AWS::StackId' }, identity.stackId],
  ['AWS::NotificationARNs', { Ref: 'AWS::NotificationARNs' }, []],
  ['AWS::NoValue', { Ref: 'AWS::NoValue' }, NO_VALUE],
  [
    'AWS::NoValue in a list and a map',
    { a: [1, { Ref: 'AWS::NoValue' }], b: { Ref: 'AWS::NoValue' } },
    { a: [1] },
  ],
  ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'arn:aws:s3:::my-bucket'],
  ['Fn::GetAtt as dotted text', { 'Fn::GetAtt': 'Bucket.Endpoint.Port' }, 443],
  ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 1]] }, 'a-dev-1'],
  ['Fn::Join of a list parameter', { 'Fn::Join': ['', { Ref: 'Zones' }] }, 'abc'],
  [
    'Fn::Sub',
    { 'Fn::Sub': '${Bucket}/${Bucket.Arn}/${AWS::Region}/${!Literal}' },
    'my-bucket/arn:aws:s3:::my-bucket/eu-central-1/${Literal}',
  ],
  [
    'Fn::Sub with variables',
    { 'Fn::Sub': ['${v}-${Stage}', { v: { 'Fn::Join': ['', ['x', 'y']] } }] },
    'xy-dev',
  ],
  ['Fn::Select', { 'Fn::Select': ['1', ['a', 'b']] }, 'b'],
  [
    'Fn::Select of Fn::Split',
    { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Bucket', 'Arn'] }] }] },
    'my-bucket',
  ],
  ['Fn::If', { 'Fn::If': ['IsDev', 'yes', 'no'] }, 'yes'],
  ['Fn::If with Fn::And', { 'Fn::If': ['Both', 'yes', { Ref: 'AWS::NoValue' }] }, NO_VALUE],
  ['Fn::If with Fn::Or', { 'Fn::If': ['Either', 'yes', 'no'] }, 'yes'],
  [
    'Fn::If, whose other branch names what is not there',
    { 'Fn::If': ['IsProd', { Ref: 'Off' }, 'none'] },
    'none',
  ],
  ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }, 128],
  ['Fn::ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': 'other-vpc' } }, 'vpc-1'],
  ['Fn::Base64', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
];

const REFUSALS: readonly (readonly [Json, RegExp])[] = [
  [{ 'Fn::Cidr': ['10.0.0.0/16', 1] }, /no intrinsic function Fn::Cidr; it has Ref/],
  [{ 'Fn::Transform': { Name: 'AWS::Include' } }, /no intrinsic function Fn::Transform/],
  [{ Ref: 'Nothing' }, /the template has no Nothing/],
  [{ Ref: 'Off' }, /Off is not created, because its condition IsProd is false/],
  [{ 'Fn::GetAtt': ['Bucket', 'Colour'] }, /Bucket has no attribute Colour .* it has Arn, Endpoint.Port/],
  [{ 'Fn::GetAtt': 'Bucket' }, /Fn::GetAtt needs \[logicalId, attribute\]/],
  [{ 'Fn::Select': [3, ['a']] }, /there is no item 3/],
  [{ 'Fn::Join': ['-', 'text'] }, /Fn::Join needs a list/],
  [{ 'Fn::Join': ['-', [{ a: 1 }]] }, /Fn::Join needs text/],
  [{ 'Fn::If': ['Unknown', 1, 2] }, /no condition Unknown/],
  [{ 'Fn::FindInMap': ['Sizes', 'prod', 'memory'] }, /there is no Sizes.prod.memory/],
  [{ 'Fn::ImportValue': 'nowhere' }, /No export named nowhere found/],
  ['{{resolve:ssm:/x}}', /does not resolve the dynamic reference/],
];

describe('intrinsic functions', () => {
  it.each(CASES)('`resolve` resolves %s', (_title, value, expected) => {
    expect(resolve(value, aScope())).toEqual(expected);
  });

  it.each(REFUSALS)('`resolve` refuses %j by name', (value, message) => {
    expect(() => resolve(value, aScope())).toThrow(message);
  });
});
