import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import validate from 'asl-validator';

import { passOn } from '../../lib/local/intercept.js';
import { createPlaceServices, type PlaceServices } from '../../lib/local/place-services.js';
import { customResourceProvider } from '../../lib/local/template/custom-resource.js';
import { inertProviders } from '../../lib/local/template/inert-providers.js';
import { planStack } from '../../lib/local/template/stack-plan.js';
import { providerRegistry, type ProviderOf } from '../../lib/local/template/stack-resource-provider.js';
import { refuseUnsupported } from '../../lib/local/template/template-problems.js';
import { parseTemplate } from '../../lib/local/template/template.js';
import { openTestPlaceContext, type TestPlaceContext } from '../local/test-place-context.js';
import { ELSEWHERE, everyOption, optionSets, optionsOf } from './option-sets.js';
import { resolved } from './resolved-template.js';
import { synthesizedTemplate, type SynthesizedTemplate } from './synthesized-template.js';

let context: TestPlaceContext;
let services: PlaceServices;
let providerOf: ProviderOf;

beforeAll(async () => {
  context = await openTestPlaceContext();
  services = await createPlaceServices(context, {
    buildConcurrency: 1,
    assets: () => undefined,
    intercept: passOn,
  });
  const custom = customResourceProvider({
    functions: services.functions,
    mailbox: { open: () => Promise.reject(new Error('nothing is created here')) } as never,
    clock: context.clock,
  });
  providerOf = providerRegistry([...services.resourceProviders, ...inertProviders(context)], custom);
});

afterAll(async () => {
  await services.close(Promise.resolve());
  await context.dispose();
});

/**
 * Checks a template as a deployment to a local AWS does, without creating anything. Throws if the local AWS would
 * refuse it.
 */
function checkLocally(template: SynthesizedTemplate): void {
  const { account, region, partition } = context;
  const plan = planStack(
    { stackName: 'aws-codeseeder-demo', stackId: 'stack', account, region, partition },
    parseTemplate(JSON.stringify(template)),
    {},
    () => undefined,
  );
  refuseUnsupported(plan, providerOf, undefined);
}

function definitionOf(template: SynthesizedTemplate): object {
  const machine = Object.values(template.Resources).find(
    ({ Type }) => Type === 'AWS::StepFunctions::StateMachine',
  );
  return JSON.parse(resolved(template, machine?.Properties['DefinitionString']) as string) as object;
}

describe('option combinations', () => {
  const validDefinitions = new Set<string>();

  it.each(optionSets())('A seedkit with %s is valid and the local AWS accepts it', (_names, props) => {
    const template = synthesizedTemplate(props);
    const definition = definitionOf(template);
    const text = JSON.stringify(definition);
    // The validation takes most of a second, and most of the options do not change the definition.
    if (!validDefinitions.has(text)) {
      expect(validate(definition)).toMatchObject({ isValid: true, errors: [] });
      validDefinitions.add(text);
    }
    expect(() => checkLocally(template)).not.toThrow();
    const own = JSON.stringify(template).replaceAll(new RegExp(`arn:aws:\\w+:[\\w-]*:${ELSEWHERE}`, 'g'), '');
    expect(own).not.toMatch(/arn:aws/);
  });

  it('The combinations include every two options together, each alone, and neither', () => {
    const names = Object.keys(optionsOf('aws'));
    const sets = optionSets().map(([on]) => on.split(', '));
    for (const [index, left] of names.entries()) {
      for (const right of names.slice(index + 1)) {
        const met = new Set(sets.map((on) => `${on.includes(left)} ${on.includes(right)}`));
        expect({ left, right, met: met.size }).toEqual({ left, right, met: 4 });
      }
    }
  });
});

describe('template that the local AWS refuses', () => {
  it('The check reports a template that the local AWS refuses', () => {
    const template = synthesizedTemplate();
    const cluster = { Type: 'AWS::ECS::Cluster', Properties: {} };
    const extended = { ...template, Resources: { ...template.Resources, Cluster: cluster } };
    expect(() => checkLocally(extended)).toThrow(/Cluster \(AWS::ECS::Cluster\)/);
  });
});

describe('seedkit with every option', () => {
  it.each([
    // `false` means that the CDK refuses CodeArtifact, because the region does not have it.
    ['aws-cn', 'cn-north-1', false],
    ['aws-us-gov', 'us-gov-west-1', false],
    ['aws', 'eu-central-1', true],
  ])(
    'A stack in the partition %s and the region %s names no other partition',
    (partition, region, codeArtifact) => {
      const template = synthesizedTemplate({
        ...everyOption(partition),
        codeArtifact,
        env: { account: '123456789012', region },
      });
      const partitions = new Set(JSON.stringify(template).match(/arn:aws[a-z-]*/g));
      expect([...partitions]).toEqual([`arn:${partition}`]);
    },
  );
});
