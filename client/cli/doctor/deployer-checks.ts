import { createRequire } from 'node:module';

import type { AwsOptions } from '../../aws-options.js';
import { createAwsClients } from '../../connection/aws-clients.js';
import { awsConfiguration } from '../../connection/aws-configuration.js';
import type { StackState } from '../../deploy/stack-state.js';
import { commandWith } from '../upgrade/run-upgrade.js';
import type { Check } from '../output-types.js';
import { describeProblem, isDenied, subject, within } from './check.js';
import type { InspectedSeedkit } from './client-checks.js';
import { deniedOf, type Read } from './denied-reads.js';
import { rightsCheck } from './rights-check.js';
import { simulateRights } from './simulate-rights.js';
import { deployerCalls, usesBootstrapRoles } from './simulated-calls.js';

const TIMEOUT_MS = 6_000;

/** Parameter with the version of the bootstrap stack, of the qualifier that seedkits use. */
const VERSION_PARAMETER = '/cdk-bootstrap/hnb659fds/version';

/** Oldest version of the bootstrap stack with which the CDK's toolkit can deploy. */
const OLDEST_BOOTSTRAP = 6;

const BOOTSTRAP = 'Bootstrap the account and region once: npx cdk bootstrap';

/** Packages that deploy seedkits. */
const PACKAGES = ['@aws-cdk/toolkit-lib', 'aws-cdk-lib', 'constructs'] as const;

/** Checks the packages that `deploy seedkit` and `local up` need. */
export function packagesCheck(from: string = import.meta.url): Check {
  const packages = subject('cdk-packages', 'CDK packages');
  const { resolve } = createRequire(from);
  const missing = PACKAGES.filter((name) => {
    try {
      resolve(name);
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length === 0) return packages.ok('installed');
  return packages.warning(
    `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed: seedkits cannot be deployed from here`,
    'If you deploy: npm i -D -E @aws-cdk/toolkit-lib@1.40.1 aws-cdk-lib@2.276.0 constructs@10.8.1',
  );
}

/** Checks the CDK's bootstrap stack, whose bucket `deploy seedkit` uses. */
export async function bootstrapCheck(aws: AwsOptions): Promise<Check> {
  const bootstrap = subject('bootstrap', 'CDK bootstrap');
  const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient({ ...(await awsConfiguration(aws)), maxAttempts: 2 });
  try {
    const { Parameter } = await within(TIMEOUT_MS, (abortSignal) =>
      client.send(new GetParameterCommand({ Name: VERSION_PARAMETER }), { abortSignal }),
    );
    const version = Number(Parameter?.Value);
    if (version >= OLDEST_BOOTSTRAP) return bootstrap.ok(`version ${version}`);
    return bootstrap.problem(`version ${Parameter?.Value} is older than ${OLDEST_BOOTSTRAP}`, BOOTSTRAP);
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') {
      return bootstrap.warning(
        'this account and region are not bootstrapped, so seedkits cannot be deployed',
        BOOTSTRAP,
      );
    }
    const remedy = 'Get ssm:GetParameter on the parameter.';
    if (isDenied(error))
      return bootstrap.unknown(`${VERSION_PARAMETER} cannot be read with your rights`, remedy);
    return bootstrap.unknown(describeProblem(error));
  }
}

/**
 * Checks the rights of a deployer: reads that a deployment needs, and a simulation of the caller's policies for what
 * changes resources. Nothing is changed.
 */
export async function deployerCheck({ name, stack, aws, caller, flags }: InspectedSeedkit): Promise<Check> {
  const deployer = subject('deployer-rights', 'Rights to deploy');
  const [denied, simulation] = await Promise.all([
    readsOf(aws, stack).then(deniedOf),
    simulateRights(aws, caller, deployerCalls(name, stack)),
  ]);
  const page = 'docs/getting-started.md lists the rights of a deployer';
  if (denied.length > 0) {
    return deployer.warning(
      `you cannot deploy: ${denied.join(' and ')} ${denied.length === 1 ? 'is' : 'are'} denied`,
      `${page}.`,
    );
  }
  return rightsCheck(deployer, simulation, {
    trial: `Deploy it; before, \`${commandWith(flags, 'upgrade', '--seedkit', name)}\` shows what would change. ${page}`,
    remedy: `If you deploy, get these rights; ${page}.`,
    notSeen: usesBootstrapRoles(stack)
      ? "The trust policies of the roles of the CDK's bootstrap stack are not part of it"
      : 'It covers one or more calls for each kind of resource, and no policies of resources',
  });
}

async function readsOf(aws: AwsOptions, stack: StackState): Promise<Read[]> {
  const { GetTemplateCommand, ListChangeSetsCommand } = await import('@aws-sdk/client-cloudformation');
  const client = await createAwsClients(aws).cloudFormation();
  const input = { StackName: stack.stackName };
  const changeSets: Read = [
    'cloudformation:ListChangeSets',
    (abortSignal) => client.send(new ListChangeSetsCommand(input), { abortSignal }),
  ];
  const template: Read = [
    'cloudformation:GetTemplate',
    (abortSignal) => client.send(new GetTemplateCommand(input), { abortSignal }),
  ];
  // The bootstrap stack's role for deployments reads the template itself.
  return usesBootstrapRoles(stack) ? [changeSets] : [changeSets, template];
}
