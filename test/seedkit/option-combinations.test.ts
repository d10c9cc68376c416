import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import validate from 'asl-validator';
import { PermissionsBoundary } from 'aws-cdk-lib';

import type { SeedkitStackProps } from '../../lib/cdk.js';
import { createPlaceServices, type PlaceServices } from '../../lib/local/place-services.js';
import { customResourceProvider } from '../../lib/local/template/custom-resource.js';
import { inertProviders } from '../../lib/local/template/inert/index.js';
import { planStack } from '../../lib/local/template/stack-plan.js';
import { providerRegistry, type ProviderOf } from '../../lib/local/template/stack-resource-provider.js';
import { refuseUnsupported } from '../../lib/local/template/template-problems.js';
import { parseTemplate } from '../../lib/local/template/template.js';
import { openTestPlaceContext, type TestPlaceContext } from '../local/test-place-context.js';
import { resolved } from './resolved-template.js';
import { synthesizedTemplate, type SynthesizedTemplate } from './synthesized-template.js';

jest.setTimeout(240_000);

type Options = Partial<SeedkitStackProps>;

/** Each option with what it is set to in the account of a partition. */
function options(partition: string): Record<string, Options> {
  return {
    unencrypted: { encryption: false },
    vpc: {
      vpc: { vpcId: 'vpc-11111111', subnetIds: ['subnet-11111111'], securityGroupIds: ['sg-11111111'] },
    },
    codeArtifact: { codeArtifact: true },
    boundary: {
      permissionsBoundary: PermissionsBoundary.fromArn(`arn:${partition}:iam::123456789012:policy/boundary`),
    },
    paths: { rolePathPrefix: '/roles/', policyPathPrefix: '/policies/' },
  };
}

/** Every set of options, from none to all. */
function combinations(): [string, Options][] {
  return Object.entries(options('aws')).reduce<[string, Options][]>(
    (sets, [name, option]) => [
      ...sets,
      ...sets.map(([names, set]): [string, Options] => [
        names === 'nothing else' ? name : `${names}, ${name}`,
        { ...set, ...option },
      ]),
    ],
    [['nothing else', {}]],
  );
}

const everything = (partition: string): Options => Object.assign({}, ...Object.values(options(partition)));

let context: TestPlaceContext;
let services: PlaceServices;
let providerOf: ProviderOf;

beforeAll(async () => {
  context = await openTestPlaceContext();
  services = await createPlaceServices(context, { buildConcurrency: 1, assets: () => undefined });
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

/** Fails as a deployment to the local place would, before anything is created. */
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

describe('a seedkit with', () => {
  it.each(combinations())('%s is valid, and the local place takes it', (_names, props) => {
    const template = synthesizedTemplate(props);
    expect(validate(definitionOf(template))).toMatchObject({ isValid: true, errors: [] });
    expect(() => checkLocally(template)).not.toThrow();
    // The one ARN is the boundary's own.
    const text = JSON.stringify(template).replaceAll('arn:aws:iam::123456789012:policy/boundary', '');
    expect(text).not.toMatch(/arn:aws/);
  });
});

describe('a template that the place does not take', () => {
  it('is told by the same check', () => {
    const template = synthesizedTemplate();
    const cluster = { Type: 'AWS::ECS::Cluster', Properties: {} };
    const extended = { ...template, Resources: { ...template.Resources, Cluster: cluster } };
    expect(() => checkLocally(extended)).toThrow(/Cluster \(AWS::ECS::Cluster\)/);
  });
});

describe('a seedkit with every option', () => {
  it.each([
    // Regions without CodeArtifact: the CDK says so on synthesis.
    ['aws-cn', 'cn-north-1', false],
    ['aws-us-gov', 'us-gov-west-1', false],
    ['aws', 'eu-central-1', true],
  ])('names the partition %s alone in a stack of the region %s', (partition, region, codeArtifact) => {
    const template = synthesizedTemplate({
      ...everything(partition),
      codeArtifact,
      policyArns: [`arn:${partition}:iam::aws:policy/ReadOnlyAccess`],
      env: { account: '123456789012', region },
    });
    const partitions = new Set(JSON.stringify(template).match(/arn:aws[a-z-]*/g));
    expect([...partitions]).toEqual([`arn:${partition}`]);
  });
});
