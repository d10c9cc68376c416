import { type App, CfnWaitConditionHandle, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';

import { SeedkitStack, type SeedkitStackProps } from '../../lib/cdk.js';
import type { SynthesizedTemplate } from '../seedkit/synthesized-template.js';
import { withTemplateApp } from '../seedkit/template-app.js';

/** An allow list with one name and one pattern for each type of resource. */
export const ALLOWED = {
  roles: ['arn:aws:iam::123456789012:role/deployer', 'arn:aws:iam::123456789012:role/team-*'],
  projects: ['windows', 'other-*'],
  fleets: ['arn:aws:codebuild:eu-central-1:123456789012:fleet/large:1', 'arn:aws:codebuild:eu-central-1:*'],
  secrets: [
    'arn:aws:secretsmanager:eu-central-1:123456789012:secret:npm-AbCdEf',
    'arn:aws:ssm:eu-central-1:123456789012:parameter/team/*',
  ],
  images: ['node:24', '123456789012.dkr.ecr.eu-central-1.amazonaws.com/tools:*'],
  privileged: true,
  debugSessions: true,
};

export const POLICY_OF_OWNER = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

interface Variant {
  readonly props: (app: App) => Partial<SeedkitStackProps>;
  readonly extend?: (stack: SeedkitStack) => void;
}

/** Seedkits that together contain every resource and policy. */
const VARIANTS = {
  minimal: { props: () => ({}) },
  unencrypted: { props: () => ({ encryption: false, codeArtifact: true }) },
  full: {
    props: (app) => ({
      codeArtifact: true,
      vpc: { vpcId: 'vpc-11111111', subnetIds: ['subnet-11111111'], securityGroupIds: ['sg-11111111'] },
      dockerCredentialsSecret: 'team-docker-credentials',
      mirrorCredentialsSecret: 'team-mirror-credentials',
      policyArns: [POLICY_OF_OWNER],
      allow: ALLOWED,
      accessLogsBucket: importedBucket(app),
      rolePathPrefix: '/roles/',
      policyPathPrefix: '/policies/',
    }),
    extend: (stack) => {
      stack.addSchedule('nightly', {
        schedule: Schedule.cron({ hour: '2', minute: '0' }),
        request: { invocation: { kind: 'commands', target: ['true'] } },
      });
      // Roles of a user's stack, each with one grant.
      const role = (id: string) => new Role(stack, id, { assumedBy: new AccountRootPrincipal() });
      stack.grantSubmit(role('Submitter'));
      stack.grantReadRuns(role('Reader'));
      stack.grantInbox(role('Sender'));
      stack.grantReleaseLocks(role('Releaser'));
      stack.grantInboxOfTargets(role('Button'), 'nightly-deploy');
    },
  },
} satisfies Record<string, Variant>;

export type VariantName = keyof typeof VARIANTS;
export const VARIANT_NAMES = Object.keys(VARIANTS) as VariantName[];

export interface SynthesizedVariant {
  readonly app: App;
  readonly stack: SeedkitStack;
  readonly template: SynthesizedTemplate;
}

function importedBucket(app: App): IBucket {
  const stack = new Stack(app, 'Logs');
  // Adds a resource, because the CDK warns about an empty stack.
  new CfnWaitConditionHandle(stack, 'Something');
  return Bucket.fromBucketName(stack, 'AccessLogs', 'the-access-logs');
}

const made = new Map<VariantName, SynthesizedVariant>();

/** Returns a seedkit `demo` in an app of its own. Each variant is synthesized once. */
export function synthesizedVariant(name: VariantName): SynthesizedVariant {
  const variant = made.get(name) ?? makeVariant(VARIANTS[name]);
  made.set(name, variant);
  return variant;
}

function makeVariant(variant: Variant): SynthesizedVariant {
  return synthesized((app, handlersFolder) => {
    const stack = new SeedkitStack(app, 'Seedkit', {
      seedkitName: 'demo',
      handlersFolder,
      ...variant.props(app),
    });
    variant.extend?.(stack);
    return stack;
  });
}

/** Returns a seedkit `demo` with only the given options. */
export function synthesizedWith(props: Partial<SeedkitStackProps>): SynthesizedVariant {
  return synthesized(
    (app, handlersFolder) =>
      new SeedkitStack(app, 'Seedkit', { seedkitName: 'demo', handlersFolder, ...props }),
  );
}

function synthesized(make: (app: App, handlersFolder: string) => SeedkitStack): SynthesizedVariant {
  return withTemplateApp((app, handlersFolder) => {
    const stack = make(app, handlersFolder);
    const template = app.synth().getStackArtifact('Seedkit').template as SynthesizedTemplate;
    return { app, stack, template };
  });
}
