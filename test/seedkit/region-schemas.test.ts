import { describe, expect, it } from '@jest/globals';

import { REGIONS_WITHOUT } from '../../lib/contract/index.js';
import { deployedTemplate } from './deployed-template.js';
import { everyOption, optionSets } from './option-sets.js';
import { problemsOf, schemaOf, SCHEMA_REGIONS, type Schema } from './schema-check.js';
import { synthesizedTemplate, type SynthesizedTemplate } from './synthesized-template.js';

/** Regions in which a seedkit can be deployed. */
const DEPLOYABLE = SCHEMA_REGIONS.filter((region) => !REGIONS_WITHOUT.codeBuild.includes(region));

function hasCodeArtifact(region: string): boolean {
  return !REGIONS_WITHOUT.codeArtifact.includes(region);
}

/** Returns the problems that a region's schemas find in a template. */
function refusedIn(region: string, template: SynthesizedTemplate): string[] {
  const { resources } = deployedTemplate(template, region);
  return Object.entries(resources).flatMap(([logicalId, { type, properties }]) => {
    if (type.startsWith('Custom::')) return [];
    const schema = schemaOf(type, region);
    if (schema === undefined) return [`${region} ${logicalId}: the region has no ${type}`];
    return problemsOf(properties, schema).map((problem) => `${region} ${logicalId} (${type}) ${problem}`);
  });
}

describe('CloudFormation schemas of every region', () => {
  it.each(optionSets())(
    'One template with %s deploys in every region',
    (_names, props) => {
      const template = synthesizedTemplate(props);
      const regions = DEPLOYABLE.filter((region) => props.codeArtifact !== true || hasCodeArtifact(region));
      expect(regions.length).toBeGreaterThan(20);
      expect(regions.flatMap((region) => refusedIn(region, template))).toEqual([]);
    },
    60_000,
  );

  it('One template gives the bus its key and its dead-letter queue in every region whose buses take them', () => {
    const template = synthesizedTemplate();
    for (const region of DEPLOYABLE) {
      const { resources } = deployedTemplate(template, region);
      const ofType = (type: string) =>
        Object.values(resources)
          .filter((resource) => resource.type === type)
          .map(({ properties }) => properties as Record<string, unknown>);
      const takesKey = !REGIONS_WITHOUT.eventBusKey.includes(region);
      const [bus = {}] = ofType('AWS::Events::EventBus');
      expect({ region, has: 'KmsKeyIdentifier' in bus && 'DeadLetterConfig' in bus }).toEqual({
        region,
        has: takesKey,
      });
      expect(ofType('AWS::SQS::Queue')).toHaveLength(takesKey ? 2 : 1);
    }
  });

  it('A template for one region deploys there with every option, and has no conditions of regions', () => {
    for (const region of ['eu-central-1', 'us-gov-west-1', 'cn-north-1', 'me-south-1']) {
      const template = synthesizedTemplate({
        ...everyOption('aws'),
        codeArtifact: hasCodeArtifact(region),
        env: { account: '123456789012', region },
      });
      expect(refusedIn(region, template)).toEqual([]);
      expect(JSON.stringify(template)).not.toContain('TakesKey');
    }
  });

  it.each(REGIONS_WITHOUT.codeBuild)(
    'A stack in %s is refused, because it has no CodeBuild projects',
    (region) => {
      expect(() => synthesizedTemplate({ env: { region } })).toThrow(
        `The region ${region} has no CodeBuild projects in CloudFormation`,
      );
    },
  );

  it.each(DEPLOYABLE.filter((region) => !hasCodeArtifact(region)))(
    'A stack with CodeArtifact in %s is refused with the way out',
    (region) => {
      expect(() => synthesizedTemplate({ codeArtifact: true, env: { region } })).toThrow(
        `The region ${region} has no CodeArtifact. Deploy the seedkit without codeArtifact`,
      );
    },
  );

  it('The lists of features that regions lack agree with the schemas', () => {
    const without = (type: string, property?: string) =>
      SCHEMA_REGIONS.filter((region) => {
        const schema = schemaOf(type, region);
        return (
          schema === undefined || (property !== undefined && !(property in (schema['properties'] as Schema)))
        );
      });
    expect([...REGIONS_WITHOUT.codeBuild]).toEqual(without('AWS::CodeBuild::Project'));
    expect([...REGIONS_WITHOUT.codeArtifact]).toEqual(without('AWS::CodeArtifact::Domain'));
    expect([...REGIONS_WITHOUT.codeArtifact]).toEqual(without('AWS::CodeArtifact::Repository'));
    expect([...REGIONS_WITHOUT.eventBusKey]).toEqual(without('AWS::Events::EventBus', 'KmsKeyIdentifier'));
    expect([...REGIONS_WITHOUT.eventBusKey]).toEqual(without('AWS::Events::EventBus', 'DeadLetterConfig'));
  });
});

describe('check against the schemas', () => {
  const template = synthesizedTemplate();

  function changed(type: string, properties: Record<string, unknown>): SynthesizedTemplate {
    const resources = Object.entries(template.Resources).map(([logicalId, resource]) => [
      logicalId,
      resource.Type === type
        ? { ...resource, Properties: { ...resource.Properties, ...properties } }
        : resource,
    ]);
    return { ...template, Resources: Object.fromEntries(resources) };
  }

  it.each([
    ['AWS::Events::EventBus', { Description: 'Runs' }, 'us-gov-west-1', 'Description is not a property'],
    [
      'AWS::CloudWatch::Dashboard',
      { Tags: [{ Key: 'a', Value: 'b' }] },
      'me-south-1',
      'Tags is not a property',
    ],
    ['AWS::KMS::Key', { KeyUsage: 'LOCK' }, 'eu-central-1', 'LOCK is not one of '],
    ['AWS::SQS::Queue', { MessageRetentionPeriod: true }, 'eu-central-1', 'true is not of type integer'],
    ['AWS::KMS::Alias', { AliasName: 'demo' }, 'eu-central-1', 'does not match'],
    ['AWS::CodeBuild::Project', { TimeoutInMinutes: 2161 }, 'eu-central-1', '2161, at most 480'],
    ['AWS::CloudWatch::Dashboard', {}, 'nowhere-1', undefined],
  ])('The check accepts or refuses %s with %j in %s', (type, properties, region, problem) => {
    const problems = refusedIn(region, changed(type, properties));
    if (problem === undefined) expect(problems).toEqual([]);
    else expect(problems).toContainEqual(expect.stringContaining(problem));
  });
});
