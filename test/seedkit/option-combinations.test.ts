import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import validate from 'asl-validator';
import { Duration, PermissionsBoundary, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

import type { SeedkitStackProps } from '../../lib/cdk.js';
import { passOn } from '../../lib/local/intercept.js';
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

type Options = Partial<SeedkitStackProps>;

/** An account that only the options name, which distinguishes their ARNs from the template's own. */
const ELSEWHERE = '999999999999';

/** The value of each option in the account of a partition. */
function options(partition: string): Record<string, Options> {
  const arn = (service: string, region: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${ELSEWHERE}:${resource}`;
  return {
    unencrypted: { encryption: false },
    vpc: {
      vpc: { vpcId: 'vpc-11111111', subnetIds: ['subnet-11111111'], securityGroupIds: ['sg-11111111'] },
    },
    codeArtifact: { codeArtifact: true },
    boundary: { permissionsBoundary: PermissionsBoundary.fromArn(arn('iam', '', 'policy/boundary')) },
    paths: { rolePathPrefix: '/roles/', policyPathPrefix: '/policies/' },
    policies: { policyArns: [arn('iam', '', 'policy/builds')] },
    credentials: {
      dockerCredentialsSecret: 'team-docker-credentials',
      mirrorCredentialsSecret: 'team-mirror-credentials::prod',
    },
    allow: {
      allow: {
        roles: [arn('iam', '', 'role/builds')],
        projects: ['team-builds'],
        secrets: [arn('secretsmanager', 'eu-central-1', 'secret:team')],
        images: ['node:*'],
        privileged: true,
      },
    },
    retention: {
      objectExpiration: Duration.days(7),
      recordExpiration: Duration.days(10),
      logRetention: RetentionDays.INFINITE,
      accessLogsBucket: 'access-logs',
    },
    removal: { dataRemovalPolicy: RemovalPolicy.DESTROY, deletionProtection: true, dashboard: false },
  };
}

/** Returns a different pair of the five sets after the first for each of up to ten options. */
const PLACES = [1, 2, 3, 4, 5].flatMap((first) =>
  [1, 2, 3, 4, 5].filter((second) => second > first).map((second) => [first, second]),
);

/**
 * Returns six sets of options. For any two options there is a set with both, with each alone, and with neither: all are on
 * in the first set, and each is on in two of the other five.
 */
function combinations(): [string, Options][] {
  const all = Object.entries(options('aws'));
  return [0, 1, 2, 3, 4, 5].map((set) => {
    const on = all.filter((_option, index) => set === 0 || PLACES[index]?.includes(set));
    return [
      on.map(([name]) => name).join(', '),
      Object.assign({}, ...on.map(([, option]) => option)) as Options,
    ];
  });
}

const everything = (partition: string): Options => Object.assign({}, ...Object.values(options(partition)));

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

/** Fails as a deployment to a local AWS would, before it creates anything. */
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
  it.each(combinations())('A seedkit with %s is valid and the local AWS accepts it', (_names, props) => {
    const template = synthesizedTemplate(props);
    expect(validate(definitionOf(template))).toMatchObject({ isValid: true, errors: [] });
    expect(() => checkLocally(template)).not.toThrow();
    const own = JSON.stringify(template).replaceAll(new RegExp(`arn:aws:\\w+:[\\w-]*:${ELSEWHERE}`, 'g'), '');
    expect(own).not.toMatch(/arn:aws/);
  });

  it('The combinations include every two options together, each alone, and neither', () => {
    const names = Object.keys(options('aws'));
    const sets = combinations().map(([on]) => on.split(', '));
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
    // The CDK refuses CodeArtifact at synthesis in regions that do not have it.
    ['aws-cn', 'cn-north-1', false],
    ['aws-us-gov', 'us-gov-west-1', false],
    ['aws', 'eu-central-1', true],
  ])(
    'A stack in the partition %s and the region %s names no other partition',
    (partition, region, codeArtifact) => {
      const template = synthesizedTemplate({
        ...everything(partition),
        codeArtifact,
        env: { account: '123456789012', region },
      });
      const partitions = new Set(JSON.stringify(template).match(/arn:aws[a-z-]*/g));
      expect([...partitions]).toEqual([`arn:${partition}`]);
    },
  );
});
