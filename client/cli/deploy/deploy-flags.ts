import type { Command } from 'commander';

import type { AwsOptions } from '../../aws-options.js';
import { definedOnly } from '../../../lib/contract/defined-only.js';

/** Values of the flags that all deploying commands have. */
export interface DeployFlags {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly debug?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Adds the flags that all deploying commands have. @param debug description of `--debug` */
export function withDeployFlags(command: Command, debug: string): Command {
  return command
    .option('--profile <profile>', 'profile of the shared AWS configuration')
    .option('--region <region>', "AWS region (default: the AWS SDK's)")
    .option('--debug', debug)
    .option('--json', 'print the result as JSON');
}

/** Returns the AWS options of the flags. */
export function awsOf({ profile, region }: DeployFlags): AwsOptions {
  return definedOnly({ profile, region });
}
