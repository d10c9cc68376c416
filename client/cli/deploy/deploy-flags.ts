import type { Command } from 'commander';

import type { AwsOptions } from '../../aws-options.js';
import { definedOnly } from '../../../lib/contract/defined-only.js';
import { inGroup } from '../help/command-help.js';
import { OPTION_GROUPS } from '../help/option-groups.js';
import { type SeedkitOption, withConfig } from '../seedkit-option.js';

/** Values of the flags that all deploying commands have. The seedkit is that of the config. */
export interface DeployFlags extends SeedkitOption {
  readonly debug?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Values of the flags of commands that change stacks. */
export interface StackFlags extends DeployFlags {
  readonly verbose?: boolean | undefined;
}

/** How much of a deployment is shown: its progress, each event of a stack, or the CDK's messages, too. */
export type DeployDetail = 'progress' | 'events' | 'messages';

/** Adds the flags that all deploying commands have. @param debug description of `--debug` */
export function withDeployFlags(command: Command, debug: string): Command {
  inGroup(withConfig(command), OPTION_GROUPS.seedkit, () =>
    command
      .option('--profile <profile>', 'profile of the shared AWS configuration')
      .option('--region <region>', "AWS region (default: the AWS SDK's)"),
  );
  return inGroup(command, OPTION_GROUPS.output, () =>
    command.option('--debug', debug).option('--json', 'print the result as JSON'),
  );
}

/** Adds the flags of commands that change stacks. @param verbose description of `--verbose` */
export function withStackFlags(command: Command, verbose: string): Command {
  withDeployFlags(command, "do as --verbose, and print the CDK's messages");
  return inGroup(command, OPTION_GROUPS.output, () => command.option('--verbose', verbose));
}

/** Returns how much of a deployment is shown. */
export function detailOf({ verbose, debug }: StackFlags): DeployDetail {
  if (debug === true) return 'messages';
  return verbose === true ? 'events' : 'progress';
}

/** Returns the AWS options of the flags, else of the config. */
export function awsOf({ profile, region, config }: DeployFlags): AwsOptions {
  return { ...config?.aws, ...definedOnly({ profile, region }) };
}
