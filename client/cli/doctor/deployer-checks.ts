import { createRequire } from 'node:module';

import type { AwsOptions } from '../../aws-options.js';
import { createAwsClients } from '../../connection/aws-clients.js';
import { awsConfiguration } from '../../connection/aws-configuration.js';
import { type Check, describeProblem, isDenied, subject, within } from './check.js';

const TIMEOUT_MS = 6_000;

/** Parameter with the version of the bootstrap stack, of the qualifier that seedkits use. */
const VERSION_PARAMETER = '/cdk-bootstrap/hnb659fds/version';

/** Oldest version whose stack the CDK's toolkit deploys with. */
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
    const remedy = 'Who deploys sees it with ssm:GetParameter on the parameter.';
    if (isDenied(error))
      return bootstrap.unknown(`${VERSION_PARAMETER} cannot be read with your rights`, remedy);
    return bootstrap.unknown(describeProblem(error));
  }
}

/**
 * Checks the rights of a deployer as far as reads show them. Nothing is changed, so the rights to create resources stay
 * unknown.
 */
export async function deployerCheck(aws: AwsOptions, stackName: string): Promise<Check> {
  const deployer = subject('deployer-rights', 'Rights to deploy');
  const { GetTemplateCommand, ListChangeSetsCommand } = await import('@aws-sdk/client-cloudformation');
  const client = await createAwsClients(aws).cloudFormation();
  const reads: readonly (readonly [right: string, read: (abortSignal: AbortSignal) => Promise<unknown>])[] = [
    [
      'cloudformation:ListChangeSets',
      (abortSignal) => client.send(new ListChangeSetsCommand({ StackName: stackName }), { abortSignal }),
    ],
    [
      'cloudformation:GetTemplate',
      (abortSignal) => client.send(new GetTemplateCommand({ StackName: stackName }), { abortSignal }),
    ],
  ];
  const denied = await deniedOf(reads);
  const page = 'docs/getting-started.md lists the rights of a deployer.';
  if (denied.length > 0) {
    return deployer.warning(
      `you cannot deploy: ${denied.join(' and ')} ${denied.length === 1 ? 'is' : 'are'} denied`,
      page,
    );
  }
  return deployer.unknown(
    `the stack ${stackName} can be read; the rights to change resources show only when a deployment uses them`,
    page,
  );
}

/** Makes reads, and returns the rights that are missing. A read that fails for another reason shows none. */
export async function deniedOf(
  reads: readonly (readonly [right: string, read: (abortSignal: AbortSignal) => Promise<unknown>])[],
): Promise<string[]> {
  const denied = await Promise.all(
    reads.map(async ([right, read]) => {
      try {
        await within(TIMEOUT_MS, read);
        return [];
      } catch (error) {
        return isDenied(error) ? [right] : [];
      }
    }),
  );
  return denied.flat();
}
