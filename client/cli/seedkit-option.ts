import { Argument, type Command, Option } from 'commander';

import type { AwsOptions } from '../aws-options.js';
import type { ConfigOptions } from '../config/config-types.js';
import { UsageError } from './exit-code.js';
import { inGroup } from './help/command-help.js';
import { OPTION_GROUPS } from './help/option-groups.js';
import { valueOfKind } from './value-kinds.js';

/** What a command takes from a config: the members that neither a flag nor a variable sets. */
export interface AppliedConfig {
  readonly file: string;
  readonly environment: string | undefined;
  /** Name of an environment of the config in a local AWS. */
  readonly localEnvironment: string | undefined;
  /** Region and profile. */
  readonly aws: AwsOptions;
  /** Defaults of runs, below the options in code. */
  readonly options: ConfigOptions | undefined;
}

/** Values of the flags that select a seedkit. */
export interface SeedkitOption {
  readonly seedkit?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** Name of an environment of the config. */
  readonly environment?: string | undefined;
  /** Set before the command runs, if there is a config. */
  readonly config?: AppliedConfig | undefined;
  /** Flags that commands suggested by this one repeat. Set before the command runs. */
  readonly selecting?: SelectingFlags | undefined;
}

/** Flags that select a seedkit again. */
export type SelectingFlags = Pick<SeedkitOption, 'seedkit' | 'region' | 'profile' | 'environment'>;

/** The source of a seedkit's name that `--environment` has chosen. Commander stores it with the value. */
export const CHOSEN_ENVIRONMENT = 'chosen environment';

/** Commands whose flags a config completes. */
const withConfigs = new WeakSet<Command>();

/** Adds `--seedkit`, `--environment`, `--region` and `--profile`, which every command on a seedkit has. */
export function withSeedkitOptions(command: Command): Command {
  return withConfig(addSeedkitFlags(command));
}

/**
 * Adds the name of the seedkit as an argument, which stands for `--seedkit`.
 * @throws UsageError when a command line has both, with different names
 */
export function withSeedkitArgument(command: Command): Command {
  return command.addArgument(
    valueOfKind('seedkit', new Argument('[name]', 'name of the seedkit, as with --seedkit')).argParser(
      (name: string) => {
        const { seedkit } = command.opts<SeedkitOption>();
        if (seedkitFlagOf(command) === '--seedkit' && seedkit !== name)
          throw new UsageError(
            `The seedkit is ${JSON.stringify(name)} and, in --seedkit, ${JSON.stringify(seedkit)}. Give one of them.`,
          );
        command.setOptionValueWithSource('seedkit', name, 'cli');
        return name;
      },
    ),
  );
}

/** Adds the flags of {@link withSeedkitOptions}, of which the command reads the config itself. */
export function withSeedkitFlags(command: Command): Command {
  return addEnvironmentFlag(addSeedkitFlags(command));
}

function addSeedkitFlags(command: Command): Command {
  return inSeedkitGroup(command, () =>
    command
      .addOption(
        valueOfKind('seedkit', new Option('-s, --seedkit <name>', 'name of the seedkit')).env(
          'CODESEEDER_SEEDKIT',
        ),
      )
      .option('--region <region>', "AWS region of the seedkit (default: the AWS SDK's)")
      .option('--profile <profile>', 'profile of the shared AWS configuration'),
  );
}

function inSeedkitGroup(command: Command, add: () => unknown): Command {
  return inGroup(command, OPTION_GROUPS.seedkit, add);
}

/** Adds `--environment`, and lets the config complete the command's flags. */
export function withConfig(command: Command): Command {
  withConfigs.add(command);
  return addEnvironmentFlag(command);
}

function addEnvironmentFlag(command: Command): Command {
  const option = valueOfKind('environment', new Option('--environment <name>', 'environment of the config'));
  return inSeedkitGroup(command, () => command.addOption(option.env('CODESEEDER_ENVIRONMENT')));
}

/** Returns whether a config completes the flags of the command. */
export function usesConfig(command: Command): boolean {
  return withConfigs.has(command);
}

/** The flag that names a seedkit. */
export type SeedkitFlag = '--seedkit' | '--environment';

/** Returns the flag that names the seedkit; undefined if a variable or the config names it, or none. */
export function seedkitFlagOf(command: Command): SeedkitFlag | undefined {
  const source = command.getOptionValueSource('seedkit');
  if (source === 'cli') return '--seedkit';
  return source === CHOSEN_ENVIRONMENT ? '--environment' : undefined;
}

/**
 * Keeps the flags that select the seedkit of a command, for the commands that it suggests. They have a seedkit only if
 * the config or a variable names it, so that it need not be repeated.
 */
export function keepSelectingFlags(command: Command): void {
  if (!usesConfig(command)) return;
  const { environment, region, profile, seedkit } = command.opts<SeedkitOption>();
  const isGiven = (name: string) => command.getOptionValueSource(name) === 'cli';
  const selecting: SelectingFlags = {
    environment: isGiven('environment') ? environment : undefined,
    region,
    profile,
    seedkit: isGiven('seedkit') ? undefined : seedkit,
  };
  command.setOptionValueWithSource('selecting', selecting, 'config');
}
