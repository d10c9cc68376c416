/**
 * The CDK app of one seedkit: `npx cdk synth -c name=demo`. Its only input is the context.
 *
 * Every value of the context is text, and every key but `name` is optional:
 *
 * - `name` name of the seedkit; `deployId` six letters in the bucket's name. To keep the bucket of an existing stack,
 * pass its id
 * - `buildImage` Docker image of builds whose request names none, by default `aws/codebuild/standard:8.0`
 * - `policyArns=a,b` managed policies of the build role, in addition to the seedkit's own
 * - `permissionsBoundary` ARN of the permissions boundary of every role
 * - `rolePath=/x/`, `policyPath=/y/` paths of every role and managed policy, which cannot change after the first
 * deployment
 * - `vpcId`, `subnetIds=a,b`, `securityGroupIds=a,b` network of builds; all three or none
 * - `codeArtifact=true` a CodeArtifact domain and repository for packages
 * - `encryption=false` encrypts data with AWS's keys instead of a KMS key of the seedkit
 * - `dockerCredentialsSecret`, `mirrorCredentialsSecret` secrets with credentials of registries and package mirrors
 * - `allow={"images":["node:*"]}` images, roles and other resources that requests may use besides the seedkit's own
 * - `objectExpirationDays`, `cacheExpirationDays`, `recordExpirationDays`, `logRetentionDays` (or `forever`) days for
 * which data is kept
 * - `accessLogsBucket` name of the bucket for the access logs of the seedkit's bucket
 * - `removalPolicy=retain|destroy` whether data is kept when the stack is deleted; `deletionProtection=true` protects
 * the run table from deletion
 * - `dashboard=false` no CloudWatch dashboard
 * - `synthesizer=cli|default` whether the stack is deployed with the deployer's own rights or with the roles of `cdk
 * bootstrap`
 */
import {
  App,
  CfnOutput,
  CliCredentialsStackSynthesizer,
  DefaultStackSynthesizer,
  Duration,
  PermissionsBoundary,
  RemovalPolicy,
  type IReusableStackSynthesizer,
} from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

import { definedOnly } from '../lib/contract/defined-only.js';
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

/** Settings that make the `cdk` command and this package synthesize the same template. */
const TEMPLATE_SETTINGS = {
  'aws:cdk:enable-path-metadata': false,
  'aws:cdk:enable-asset-metadata': false,
};

function synthesize(): void {
  const app = new App({
    analyticsReporting: false,
    autoSynth: false,
    postCliContext: TEMPLATE_SETTINGS,
  });
  const values = ownContext(app.node.getAllContext() as Record<string, unknown>);
  const { synthesizer, ...context } = parseSeedkitContext(values);
  const stack = new SeedkitStack(app, seedkitNames.stack(context.name), {
    ...stackProps(context),
    synthesizer: stackSynthesizer(synthesizer),
  });
  new CfnOutput(stack, SEEDKIT_CONTEXT_OUTPUT, {
    description: 'Settings of the seedkit. The next deployment keeps those that it does not change',
    value: deployedContextText(values),
  });
  app.synth();
}

/**
 * Returns the context without the CDK's own keys, which contain a colon or a slash. The caller refuses other unknown
 * keys.
 */
function ownContext(context: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(context).filter(([key]) => !/[:/]/.test(key)));
}

/**
 * Returns the synthesizer of the stack. `cli` needs only the bootstrap's bucket for assets. `default` needs its roles,
 * whose version the toolkit checks; a rule of the template would check it a second time.
 */
function stackSynthesizer(synthesizer: SeedkitContext['synthesizer']): IReusableStackSynthesizer {
  if (synthesizer !== 'default') return new CliCredentialsStackSynthesizer() as IReusableStackSynthesizer;
  return new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IReusableStackSynthesizer;
}

function stackProps(context: Omit<SeedkitContext, 'synthesizer'>): SeedkitStackProps {
  const { name, permissionsBoundary, rolePath, policyPath, removalPolicy, logRetentionDays, ...rest } =
    context;
  const { objectExpirationDays, cacheExpirationDays, recordExpirationDays, ...props } = rest;
  return {
    ...props,
    seedkitName: name,
    rolePathPrefix: rolePath,
    policyPathPrefix: policyPath,
    objectExpiration: ifDefined(objectExpirationDays, (days) => Duration.days(days)),
    cacheExpiration: ifDefined(cacheExpirationDays, (days) => Duration.days(days)),
    recordExpiration: ifDefined(recordExpirationDays, (days) => Duration.days(days)),
    logRetention: ifDefined(logRetentionDays, (days) =>
      days === 'forever' ? RetentionDays.INFINITE : (days as RetentionDays),
    ),
    dataRemovalPolicy: ifDefined(removalPolicy, (policy) =>
      policy === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ),
    ...definedOnly({
      permissionsBoundary: ifDefined(permissionsBoundary, (arn) => PermissionsBoundary.fromArn(arn)),
    }),
  };
}

/** Converts a value of the context, unless it is undefined. */
function ifDefined<Value, Property>(
  value: Value | undefined,
  convert: (value: Value) => Property,
): Property | undefined {
  return value === undefined ? undefined : convert(value);
}

try {
  synthesize();
} catch (error) {
  if (!(error instanceof CodeseederError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
