import type { Command } from 'commander';

import type { AwsOptions } from '../../aws-options.js';

/** Flags of all commands that deploy. */
export interface PlaceOptions {
  readonly profile?: string;
  readonly region?: string;
  readonly debug?: boolean;
  readonly json?: boolean;
}

/** @param debug what `--debug` is for */
export function withPlaceOptions(command: Command, debug: string): Command {
  return command
    .option('--profile <profile>', 'profile of the shared AWS configuration')
    .option('--region <region>', "region (default: the AWS SDK's)")
    .option('--debug', debug)
    .option('--json', 'print the result as JSON');
}

export function awsOf({ profile, region }: PlaceOptions): AwsOptions {
  return { ...(profile !== undefined && { profile }), ...(region !== undefined && { region }) };
}
