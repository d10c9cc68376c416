/**
 * The CDK app of one seedkit: `npx cdk synth -c name=demo`. Reads context and nothing else.
 *
 * Context, each value as text and each but `name` optional:
 *
 * - `name` the seedkit's name; `deployId` its six letters, to keep those of a stack that exists
 * - `buildImage` image of builds that name none, `aws/codebuild/standard:8.0`
 * - `policyArns=a,b` further managed policies of the build role
 * - `permissionsBoundary` ARN of the policy that bounds every role
 * - `rolePath=/x/`, `policyPath=/y/` paths of every role and managed policy, fixed at the first deployment
 * - `vpcId`, `subnetIds=a,b`, `securityGroupIds=a,b` network of builds: all three or none
 * - `codeArtifact=true` a CodeArtifact domain and repository for packages
 * - `encryption=false` no key of the seedkit's own
 * - `dockerCredentialsSecret`, `mirrorCredentialsSecret` secrets with credentials of registries and package mirrors
 * - `allow={"images":["node:*"]}` what requests may name beyond the seedkit's own
 * - `objectExpirationDays`, `recordExpirationDays`, `logRetentionDays` (or `forever`) how long data is kept
 * - `accessLogsBucket` name of a bucket that accesses to the seedkit's own are logged in
 * - `removalPolicy=retain|destroy` what becomes of data with the stack; `deletionProtection=true` keeps the run table
 * - `dashboard=false` no CloudWatch dashboard
 */
import {
  App,
  CfnOutput,
  CliCredentialsStackSynthesizer,
  Duration,
  PermissionsBoundary,
  RemovalPolicy,
  type IReusableStackSynthesizer,
} from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

import {
  CodeseederError,
  deployedContextText,
  parseSeedkitContext,
  SEEDKIT_CONTEXT_OUTPUT,
  seedkitNames,
  type SeedkitContext,
} from '../lib/contract/index.js';
import type { SeedkitStackProps } from '../lib/seedkit/seedkit-stack-props.js';
import { SeedkitStack } from '../lib/seedkit/seedkit-stack.js';

/** The same template whoever runs the app, the `cdk` command with its settings or the app on its own. */
const TEMPLATE_SETTINGS = {
  'aws:cdk:enable-path-metadata': false,
  'aws:cdk:enable-asset-metadata': false,
};

function synthesize(): void {
  const app = new App({
    analyticsReporting: false,
    autoSynth: false,
    postCliContext: TEMPLATE_SETTINGS,
    // Of the account's bootstrap only the bucket for assets is needed, and none of its roles.
    defaultStackSynthesizer: new CliCredentialsStackSynthesizer() as IReusableStackSynthesizer,
  });
  const values = ownContext(app.node.getAllContext() as Record<string, unknown>);
  const context = parseSeedkitContext(values);
  const stack = new SeedkitStack(app, seedkitNames.stack(context.name), stackProps(context));
  new CfnOutput(stack, SEEDKIT_CONTEXT_OUTPUT, {
    description: 'What the seedkit was deployed with; a deployment that says nothing else keeps it',
    value: deployedContextText(values),
  });
  app.synth();
}

/** Keys of the CDK's own have a colon or a slash in them; any other that is not ours is a slip of the pen. */
function ownContext(context: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(context).filter(([key]) => !/[:/]/.test(key)));
}

function stackProps(context: SeedkitContext): SeedkitStackProps {
  const { name, permissionsBoundary, rolePath, policyPath, removalPolicy, logRetentionDays, ...rest } =
    context;
  const { objectExpirationDays, recordExpirationDays, ...props } = rest;
  return {
    ...props,
    seedkitName: name,
    ...given('permissionsBoundary', permissionsBoundary, (arn) => PermissionsBoundary.fromArn(arn)),
    ...given('rolePathPrefix', rolePath, (path) => path),
    ...given('policyPathPrefix', policyPath, (path) => path),
    ...given('objectExpiration', objectExpirationDays, (days) => Duration.days(days)),
    ...given('recordExpiration', recordExpirationDays, (days) => Duration.days(days)),
    ...given('logRetention', logRetentionDays, (days) =>
      days === 'forever' ? RetentionDays.INFINITE : (days as RetentionDays),
    ),
    ...given('dataRemovalPolicy', removalPolicy, (policy) =>
      policy === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ),
  };
}

/** A property from a value of the context, and none where the value is not given. */
function given<Name extends keyof SeedkitStackProps, Value>(
  name: Name,
  value: Value | undefined,
  toProperty: (value: Value) => SeedkitStackProps[Name],
): Partial<SeedkitStackProps> {
  return value === undefined ? {} : { [name]: toProperty(value) };
}

try {
  synthesize();
} catch (error) {
  if (!(error instanceof CodeseederError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
