import { describe, expect, it } from '@jest/globals';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

import {
  parseHandlerEnvironment,
  SEEDKIT_OUTPUTS,
  SEEDKIT_VERSION_OUTPUT,
} from '../../lib/contract/index.js';
import { statementsById } from './statements.js';
import { synthesize, synthesizedTemplate } from './synthesized-template.js';
import { onlyResource, resourcesOf, tableOf } from './template-resources.js';

const template = synthesizedTemplate();

describe('SeedkitStack', () => {
  it('The stack exports each output of the contract except those of CodeArtifact and debug sessions', () => {
    const { [SEEDKIT_VERSION_OUTPUT]: version, ...outputs } = template.Outputs;
    const exports = Object.fromEntries(
      Object.entries(outputs).map(([name, { Export }]) => [name, Export.Name]),
    );
    // CloudFormation refuses to change an export that another stack imports, and the version changes with each update.
    expect(version).not.toHaveProperty('Export');
    const expected = Object.entries(SEEDKIT_OUTPUTS).filter(
      ([name]) => !/^(CodeArtifact|DebuggerPolicy)/.test(name),
    );
    expect(exports).toEqual(
      Object.fromEntries(expected.map(([name, suffix]) => [name, `codeseeder-demo-${suffix}`])),
    );
  });

  it('The stack has the build image as a parameter', () => {
    expect(template.Parameters['BuildImage']).toMatchObject({
      Type: 'String',
      Default: 'aws/codebuild/standard:8.0',
    });
    expect(template.Outputs['CodeBuildProjectBuildImage']?.Value).toEqual({ Ref: 'BuildImage' });
  });

  it("The stack tags its resources with the seedkit's name", () => {
    const untagged = Object.entries(template.Resources).filter(
      ([, { Properties }]) =>
        Properties['Tags'] !== undefined &&
        !JSON.stringify(Properties['Tags']).includes(
          '{"Key":"codeseeder-seedkit-name","Value":"codeseeder-demo"}',
        ),
    );
    expect(untagged).toEqual([]);
    expect(onlyResource('AWS::S3::Bucket', template).Properties['Tags']).toBeDefined();
  });

  it('The template is the same at every synthesis', () => {
    expect(synthesize()).toEqual(template);
  });

  it('The template names no partition', () => {
    expect(JSON.stringify(template)).not.toMatch(/arn:aws/);
  });

  it.each(['Demo', 'demo-', 'a--b', '1demo', '', 'a'.repeat(28)])(
    'The stack refuses the seedkit name %j',
    (seedkitName) => {
      expect(() => synthesizedTemplate({ seedkitName })).toThrow(/seedkit name/);
    },
  );

  it('The stack refuses a deploy id that is not six letters', () => {
    expect(() => synthesizedTemplate({ deployId: 'ABC' })).toThrow(/deploy id "ABC"/);
  });

  it('The stack says to build first if the handlers are missing', () => {
    expect(() => synthesizedTemplate({ handlersFolder: '/nowhere' })).toThrow(/npm run build/);
  });

  it('The stack uses AWS resource types and one custom resource', () => {
    const types = new Set(Object.values(template.Resources).map(({ Type }) => Type));
    expect([...types].filter((type) => !type.startsWith('AWS::'))).toEqual(['Custom::CodeseederLogGroup']);
  });
});

describe('policies', () => {
  const statements = Object.values(statementsById(template)).flat();

  it('No policy allows an action by a wildcard', () => {
    const allowed = statements.filter(({ effect }) => effect === 'Allow').flatMap(({ actions }) => actions);
    expect(allowed.length).toBeGreaterThan(50);
    expect(allowed.filter((action) => action.includes('*'))).toEqual([]);
  });

  it('A policy allows any resource only for actions that support no resource, or for the key itself', () => {
    const anywhere = Object.entries(statementsById(template))
      .filter(([logicalId]) => !logicalId.startsWith('EncryptionKey'))
      .flatMap(([, found]) => found)
      .filter(({ effect, resources }) => effect === 'Allow' && resources.includes('*'))
      .flatMap(({ actions }) => actions);
    const others = anywhere.filter((action) => !/^(xray:|logs:.*LogDeliver)/.test(action));
    expect([...new Set(others)].sort()).toEqual([
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:PutResourcePolicy',
    ]);
  });
});

describe('seedkit with every option', () => {
  const full = synthesizedTemplate({
    deployId: 'abcdef',
    buildImage: 'node:24',
    objectExpiration: Duration.days(7),
    cacheExpiration: Duration.days(3),
    recordExpiration: Duration.days(10),
    logRetention: RetentionDays.ONE_WEEK,
    executionTimeout: Duration.hours(2),
    deletionProtection: true,
    dataRemovalPolicy: RemovalPolicy.DESTROY,
  });

  it('The resources follow every option', () => {
    expect(full.Outputs['DeployId']?.Value).toBe('abcdef');
    expect(full.Parameters['BuildImage']?.Default).toBe('node:24');
    expect(onlyResource('AWS::S3::Bucket', full)).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: {
        BucketName: 'codeseeder-demo-123456789012-abcdef',
        LifecycleConfiguration: {
          Rules: expect.arrayContaining([expect.objectContaining({ Prefix: 'cache/', ExpirationInDays: 3 })]),
        },
      },
    });
    expect(tableOf('codeseeder-demo-runs', full)).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: { DeletionProtectionEnabled: true },
    });
    expect(onlyResource('Custom::CodeseederLogGroup', full).Properties['RetentionInDays']).toBe(7);
    const prepare = resourcesOf('AWS::Lambda::Function', full).find(
      ({ Properties }) => Properties['FunctionName'] === 'codeseeder-demo-prepare-run',
    );
    const { Variables } = prepare?.Properties['Environment'] as { Variables: Record<string, string> };
    expect(parseHandlerEnvironment('prepare-run', Variables)).toMatchObject({
      recordExpirationDays: 10,
      bundleExpirationDays: 7,
    });
    const machines = resourcesOf('AWS::StepFunctions::StateMachine', full);
    const timeouts = machines.map(({ Properties }) => {
      const definition = JSON.parse(String(Properties['DefinitionString'])) as { TimeoutSeconds: number };
      return [Properties['StateMachineName'], definition.TimeoutSeconds];
    });
    // The timeout of a map is not longer than the time for which its inputs are kept.
    expect(timeouts).toEqual([
      ['codeseeder-demo', 7_200],
      ['codeseeder-demo_maps', 7 * 86_400],
    ]);
  });
});
