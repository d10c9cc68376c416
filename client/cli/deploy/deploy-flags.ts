import type { Command } from 'commander';

import type { AwsOptions } from '../../aws-options.js';
import { definedOnly } from '../../../lib/contract/defined-only.js';
import { inGroup } from '../help/command-help.js';
import { OPTION_GROUPS } from '../help/option-groups.js';
import { type SeedkitOption, withConfig } from '../seedkit-option.js';

/** Values of the flags that all deploying commands have. */
export interface DeployFlags extends Pick<SeedkitOption, 'profile' | 'region' | 'config'> {
  readonly debug?: boolean | undefined;
  readonly json?: boolean | undefined;
}

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

/** Returns the AWS options of the flags, else of the config. */
export function awsOf({ profile, region, config }: DeployFlags): AwsOptions {
  return { ...config?.aws, ...definedOnly({ profile, region }) };
}
