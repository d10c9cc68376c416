import { type Command, Option } from 'commander';

/** Values of the flags that select a seedkit. */
export interface SeedkitOption {
  readonly seedkit?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

/** Adds `--seedkit`, `--region` and `--profile`, which every command on a seedkit has. */
export function withSeedkitOptions(command: Command): Command {
  return command
    .addOption(new Option('-s, --seedkit <name>', 'name of the seedkit').env('CODESEEDER_SEEDKIT'))
    .option('--region <region>', "AWS region of the seedkit (default: the AWS SDK's)")
    .option('--profile <profile>', 'profile of the shared AWS configuration');
}
