import { describe, expect, it } from '@jest/globals';
import { RegionInfo } from 'aws-cdk-lib/region-info';

import { HANDLERS, seedkitNames } from '../../lib/contract/index.js';
import { statementsOf } from './statements.js';
import { synthesizedTemplate } from './synthesized-template.js';

const LONGEST_NAME = 'a'.repeat(27);
const REGIONS = RegionInfo.regions.map(({ name }) => name);

/**
 * The limits are from https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html and the quotas of
 * each service.
 */
describe('longest seedkit name', () => {
  const template = synthesizedTemplate({ seedkitName: LONGEST_NAME });

  function lengthsOf(type: string, property: string): number[] {
    return Object.values(template.Resources)
      .filter(({ Type, Properties }) => Type === type && typeof Properties[property] === 'string')
      .map(({ Properties }) => String(Properties[property]).length);
  }

  it.each([
    ['AWS::Lambda::Function', 'FunctionName', 64],
    ['AWS::Events::Rule', 'Name', 64],
    ['AWS::Events::EventBus', 'Name', 256],
    ['AWS::SQS::Queue', 'QueueName', 80],
    ['AWS::StepFunctions::StateMachine', 'StateMachineName', 80],
    ['AWS::DynamoDB::Table', 'TableName', 255],
    ['AWS::CodeBuild::Project', 'Name', 150],
    ['AWS::CloudWatch::Alarm', 'AlarmName', 255],
    ['AWS::Logs::LogGroup', 'LogGroupName', 512],
  ])('The longest seedkit name fits into the name of each %s', (type, property, maxCharacters) => {
    const lengths = lengthsOf(type, property);
    expect(lengths).not.toHaveLength(0);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(maxCharacters);
  });

  it('The longest seedkit name fits into the names of handlers and bucket', () => {
    const functions = HANDLERS.map((handler) => seedkitNames.handler(LONGEST_NAME, handler).length);
    expect(Math.max(...functions)).toBeLessThanOrEqual(64);
    expect(seedkitNames.bucket(LONGEST_NAME, '123456789012', 'abcdef').length).toBeLessThanOrEqual(63);
  });

  it.each(REGIONS)('The longest seedkit name fits into the names of role and policies in %s', (region) => {
    expect(seedkitNames.role(LONGEST_NAME, region).length).toBeLessThanOrEqual(64);
    expect(seedkitNames.resourcesPolicy(LONGEST_NAME, region).length).toBeLessThanOrEqual(128);
    expect(seedkitNames.clientPolicy(LONGEST_NAME, region).length).toBeLessThanOrEqual(128);
  });

  it.each(['ClientPolicy', 'BuildResourcesPolicy'])(
    'The document of %s fits with the longest seedkit name',
    (id) => {
      // IAM counts the characters of a policy without white space. Fn::Join and Ref make the template's text longer
      // than the policy, so this is an upper limit.
      expect(JSON.stringify(statementsOf(template, id)).length).toBeLessThanOrEqual(6_144);
    },
  );
});

describe('partition with its own domain', () => {
  it("The key policy names the log service by the partition's domain", () => {
    const key = Object.values(synthesizedTemplate().Resources).find(({ Type }) => Type === 'AWS::KMS::Key');
    const { Statement: statements } = key?.Properties['KeyPolicy'] as {
      Statement: Record<string, unknown>[];
    };
    expect(statements.find(({ Sid }) => Sid === 'Logs')?.['Principal']).toEqual({
      Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] },
    });
  });
});

describe('failed first deployment', () => {
  it('A failed first deployment retains nothing, and a later deletion retains the data', () => {
    const kept = Object.values(synthesizedTemplate().Resources).filter(
      ({ DeletionPolicy }) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete',
    );
    expect(kept.map(({ Type }) => Type).sort()).toEqual([
      'AWS::DynamoDB::Table',
      'AWS::KMS::Key',
      'AWS::S3::Bucket',
    ]);
    for (const { DeletionPolicy, UpdateReplacePolicy } of kept) {
      expect({ DeletionPolicy, UpdateReplacePolicy }).toEqual({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
    }
  });
});
