import type { Command } from 'commander';

import { definedOnly } from '../../../lib/contract/defined-only.js';
import type { AwsOptions } from '../../aws-options.js';
import type { SelectedConfig } from '../../config/load-config.js';
import { type AppliedConfig, CHOSEN_ENVIRONMENT, type SeedkitOption, usesConfig } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import { printLine, type Terminal } from '../terminal.js';

/** Variables from which the AWS SDK takes credentials, so that the profile of a config does not apply. */
export const CREDENTIAL_VARIABLES = [
  'AWS_PROFILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
] as const;

/**
 * Completes the flags of a command by the config of the working folder: a member applies if neither a flag nor a
 * variable sets it. Warns if a variable overrides a member of the environment that `--environment` names.
 *
 * @throws CodeseederError `ConfigInvalid`
 */
export async function applyConfig(command: Command, terminal: Terminal): Promise<void> {
  if (!usesConfig(command)) return;
  const flags = command.opts<SeedkitOption>();
  const { loadConfig } = await import('../../config/load-config.js');
  const loading = loadConfig(terminal.workingFolder, flags.environment || undefined);
  const found = await unlessAborted(loading, terminal.interrupted);
  if (found === undefined) return;
  const isChosen = command.getOptionValueSource('environment') === 'cli';
  if (command.getOptionValueSource('seedkit') === undefined && found.seedkit !== undefined) {
    const source = isChosen && found.ofEnvironment.has('seedkit') ? CHOSEN_ENVIRONMENT : 'config';
    command.setOptionValueWithSource('seedkit', found.seedkit, source);
  }
  if (isInLocalAws(found, terminal.environment)) {
    const { useLocalAws } = await import('./use-local-aws.js');
    await useLocalAws(found, flags.seedkit, terminal);
  }
  const { file, environment, localEnvironment, options } = found;
  const applied: AppliedConfig = {
    file,
    environment,
    localEnvironment,
    options,
    aws: awsOfConfig(found, terminal.environment),
  };
  command.setOptionValueWithSource('config', applied, 'config');
  if (!isChosen) return;
  const isFromVariable = command.getOptionValueSource('seedkit') === 'env';
  for (const warning of overridden(found, flags, isFromVariable, terminal.environment)) {
    printLine(terminal.stderr, `warning: ${warning}`);
  }
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Returns whether a command must look for the local AWS of a config, because no variable names an endpoint. */
export function isInLocalAws({ local }: SelectedConfig, { AWS_ENDPOINT_URL: endpoint }: Variables): boolean {
  return local === true && !endpoint;
}

/** Returns the region and the profile of a config that no variable overrides; none of a local AWS. */
export function awsOfConfig({ region, profile, local }: SelectedConfig, variables: Variables): AwsOptions {
  if (local === true) return {};
  return definedOnly({
    region: variables['AWS_REGION'] ? undefined : region,
    profile: credentialVariable(variables) === undefined ? profile : undefined,
  });
}

/** Returns the first variable that gives the AWS SDK credentials. */
export function credentialVariable(variables: Variables): string | undefined {
  return CREDENTIAL_VARIABLES.find((name) => variables[name]);
}

/** Returns a warning for each member of the environment that a variable overrides with another value. */
function overridden(
  config: SelectedConfig,
  flags: SeedkitOption,
  isSeedkitFromVariable: boolean,
  variables: Variables,
): string[] {
  if (config.local === true) return [];
  const credentials = credentialVariable(variables);
  const { AWS_REGION: region, AWS_ENDPOINT_URL: endpoint } = variables;
  const overriding = {
    seedkit:
      isSeedkitFromVariable && flags.seedkit !== config.seedkit && `CODESEEDER_SEEDKIT=${flags.seedkit}`,
    region: flags.region === undefined && region && region !== config.region && `AWS_REGION=${region}`,
    profile: flags.profile === undefined && variables['AWS_PROFILE'] !== config.profile && credentials,
  };
  const ofMembers = (['seedkit', 'region', 'profile'] as const).flatMap((member) => {
    const variable = overriding[member];
    if (!variable || !config.ofEnvironment.has(member)) return [];
    return [`${variable} overrides ${member} ${config[member]} of the environment ${config.environment}`];
  });
  if (!endpoint) return ofMembers;
  const place = endpoint.replace(/:\/\/[^/\s@]+@/, '://');
  return [
    `AWS_ENDPOINT_URL=${place} overrides the environment ${config.environment}, which is not local`,
    ...ofMembers,
  ];
}
