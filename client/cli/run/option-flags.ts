import path from 'node:path';
import { type Command, Option } from 'commander';

import { COMPUTE_TYPES, DEBUG_PAUSES, ENVIRONMENT_TYPES, LOCK_MODES } from '../../../lib/contract/index.js';
import { parseRunOptions, type WrittenOptions } from '../../submit/parse-run-options.js';
import { READY_CACHES } from '../../submit/ready-caches.js';
import { UsageError } from '../exit-code.js';
import { inGroup } from '../help/command-help.js';
import { OPTION_GROUPS, UNGROUPED } from '../help/option-groups.js';
import { collect, collectPair, type Pairs } from './collect.js';
import { collectText, variablesOfFlags } from './variable-flags.js';

/** A flag that sets one option of a run. */
interface OptionFlag {
  readonly flag: Option;
  /** Path of the option in the options of a run, such as `build.image`. */
  readonly option: string;
}

/** Flags of `codeseeder run`, by the heading that the help shows them under. */
const FLAGS_OF_GROUPS: Readonly<Record<string, readonly OptionFlag[]>> = {
  [UNGROUPED]: [
    text('name', '--name <name>', 'name that lists show in place of the target'),
    pairs('labels', '-l, --label <name=value>', 'label of the run'),
  ],
  [OPTION_GROUPS.contents]: [
    pairs('dirs', '--dir <[name=]dir>', 'folder to include; a command starts in the first one', collectDir),
    pairs('files', '--file <[path=]file>', 'file to include', collectFile),
    list('ignore', '--ignore <pattern>', 'pattern of files to leave out, as in .gitignore'),
    text('gitignore', '--gitignore', 'apply .gitignore files, too'),
    text('gitignore', '--no-gitignore', "ignore .gitignore files, even if the function's kit applies them"),
    list('nodeModules', '--node-module <name>', 'package to include as files'),
    list(
      'bundledPackages',
      '--bundled-package <name>',
      'package to bundle, even if packing would include it as files',
    ),
    text(
      'prebuiltBundle',
      '--prebuilt-bundle <location>',
      'bundle in S3 to use, [s3://]bucket/key; nothing is packed',
    ),
    text('minify', '--minify', "minify the function's code"),
    text('verify', '--verify', 'read every file again instead of reusing stored digests'),
  ],
  [OPTION_GROUPS.build]: [
    pairs('environment', '-e, --env <name=value>', 'environment variable of the build', collectText),
    pairs(
      'environment',
      '--secret <name=secret>',
      'environment variable with the value of a secret of Secrets Manager, SECRET or SECRET:KEY of its JSON',
    ),
    pairs(
      'environment',
      '--parameter <name=parameter>',
      'environment variable with the value of a parameter of Parameter Store',
    ),
    text(
      'build.workingDirectory',
      '--working-directory <path>',
      "folder of the bundle to start in (default: the bundle's root)",
    ),
    count('build.timeoutMinutes', '--timeout <minutes>', 'maximum minutes of the build'),
    count(
      'build.queuedTimeoutMinutes',
      '--queued-timeout <minutes>',
      'maximum minutes that the run waits for its build to start',
    ),
    text('build.image', '--image <image>', 'docker image of the build'),
    choice('build.computeType', '--compute-type <type>', 'compute type of the build', COMPUTE_TYPES),
    choice(
      'build.environmentType',
      '--environment-type <type>',
      'environment type of the build',
      ENVIRONMENT_TYPES,
    ),
    text('build.role', '--role <arn>', 'service role of the build'),
    text('build.project', '--project <name>', 'CodeBuild project to build in'),
    text('build.fleet', '--fleet <arn>', 'reserved capacity fleet to build on'),
    text('build.privileged', '--privileged', 'allow docker inside the build'),
    pairs('build.runtimeVersions', '--runtime-version <name=version>', 'language runtime, such as nodejs=24'),
    pairs(
      'build.packages',
      '--package <name[@range]>',
      'npm package to install globally before the run',
      collectPackage,
    ),
    text('build.npmMirror', '--npm-mirror <url>', 'registry that npm uses'),
    text('build.pypiMirror', '--pypi-mirror <url>', 'index that pip uses'),
    list(
      'build.exportedVariables',
      '--exported-variable <name>',
      'variable whose value is part of the outcome',
    ),
  ],
  [OPTION_GROUPS.cache]: [
    text('lock', '--lock <name>', 'lock to hold while building; runs with the same lock run one at a time'),
    choice('lockMode', '--lock-mode <mode>', 'what to do while another run holds the lock', LOCK_MODES),
    { option: 'cache', flag: cacheFlag() },
    text('cache', '--no-cache', 'restore and save nothing, not even installed packages'),
  ],
  [OPTION_GROUPS.phases]: [
    list('build.installCommands', '--install-command <command>', 'command of the install phase'),
    list('build.preBuildCommands', '--pre-build-command <command>', 'command of the pre_build phase'),
    list(
      'build.preExecutionCommands',
      '--pre-execution-command <command>',
      'command right before the target',
    ),
    list('build.buildCommands', '--build-command <command>', 'command right after the target'),
    list('build.postBuildCommands', '--post-build-command <command>', 'command of the post_build phase'),
  ],
  [OPTION_GROUPS.debugging]: [
    text('build.debugSession', '--debug-session', 'let `runs shell` open shells in the build while it runs'),
    choice(
      'build.debugSession',
      '--debug-pause <place>',
      'also pause the build there, until codebuild-resume is run in a shell',
      DEBUG_PAUSES,
    ),
  ],
};

/** Flags of `codeseeder run`. `--options FILE.json` accepts all other options. */
export const OPTION_FLAGS: readonly OptionFlag[] = Object.values(FLAGS_OF_GROUPS).flat();

/**
 * Creates the flag of caches. Its value is the name of a ready cache, or a key with paths:
 * `npm-{hash:package-lock.json}=~/.npm,node_modules`.
 */
function cacheFlag(): Option {
  const flag = new Option(
    '--cache <cache>',
    repeatable(
      `what to keep for the next run: ${READY_CACHES.join(', ')}, or KEY=PATH,PATH with {hash:FILE} in the key`,
    ),
  );
  return flag.argParser(collectCache);
}

function collectCache(value: string, before?: unknown): unknown {
  const equals = value.indexOf('=');
  if (equals >= 0) {
    if (before !== undefined)
      throw new UsageError(`--cache ${value} can be given once, and not with a ready cache.`);
    return { key: value.slice(0, equals), paths: value.slice(equals + 1).split(',') };
  }
  if (before !== undefined && !Array.isArray(before)) {
    throw new UsageError(
      `--cache ${value} cannot be given with a key of your own. Add its path to that key.`,
    );
  }
  return [...((before as unknown[] | undefined) ?? []), value];
}

/** Name in the bundle of a folder that is given without a name. */
const DIR_NAME = 'dir';

/** Adds the flags of the frequently used options of a run. */
export function addOptionFlags(command: Command): Command {
  for (const [heading, flags] of Object.entries(FLAGS_OF_GROUPS)) {
    inGroup(command, heading, () => flags.forEach(({ flag }) => command.addOption(flag)));
  }
  return command;
}

/**
 * Returns the options whose flags are given.
 *
 * @param flags values of the command's flags
 * @throws CodeseederError `InvalidRequest` that names the option with an invalid value
 */
export function optionsOfFlags(flags: Readonly<Record<string, unknown>>): WrittenOptions {
  const options: Record<string, unknown> = {};
  const build: Record<string, unknown> = {};
  for (const { flag, option } of OPTION_FLAGS) {
    const value = flags[flag.attributeName()];
    if (value === undefined || option === 'environment') continue;
    if (option.startsWith('build.')) build[option.slice('build.'.length)] = value;
    else options[option] = value;
  }
  const environment = variablesOfFlags(flags);
  if (environment !== undefined) options['environment'] = environment;
  if (Object.keys(build).length > 0) options['build'] = build;
  return parseRunOptions(options, 'run');
}

function text(option: string, flags: string, description: string): OptionFlag {
  return { option, flag: new Option(flags, description) };
}

function choice(option: string, flags: string, description: string, choices: readonly string[]): OptionFlag {
  return { option, flag: new Option(flags, description).choices(choices) };
}

function list(option: string, flags: string, description: string): OptionFlag {
  const flag = new Option(flags, repeatable(description));
  return { option, flag: flag.argParser((value, before?: readonly string[]) => collect(value, before)) };
}

function pairs(
  option: string,
  flags: string,
  description: string,
  read?: (value: string, pairs?: Pairs) => Pairs,
): OptionFlag {
  const flag = new Option(flags, repeatable(description));
  const readPair = (value: string, before?: Pairs) => collectPair(flag.long ?? flags, value, before);
  return { option, flag: flag.argParser(read ?? readPair) };
}

function count(option: string, flags: string, description: string): OptionFlag {
  const flag = new Option(flags, description);
  return { option, flag: flag.argParser((value) => parseMinutes(value, flag.long ?? flags)) };
}

function repeatable(description: string): string {
  return `${description} (repeatable)`;
}

/** Reads a value of `--dir`: `NAME=DIR`, or only a folder. A value such as `./a=b` is a folder. */
function collectDir(value: string, pairs?: Pairs): Pairs {
  return /^\w[\w./-]*=/.test(value) ? collectPair('--dir', value, pairs) : { ...pairs, [DIR_NAME]: value };
}

function collectFile(value: string, pairs?: Pairs): Pairs {
  if (/^\w[\w./-]*=/.test(value)) return collectPair('--file', value, pairs);
  return { ...pairs, [path.basename(path.resolve(value))]: value };
}

/** Reads a package in npm's notation: `aws-cdk`, `aws-cdk@^2`, `@team/tool@1`. */
function collectPackage(value: string, pairs?: Pairs): Pairs {
  const at = value.indexOf('@', 1);
  return at < 0 ? { ...pairs, [value]: 'latest' } : { ...pairs, [value.slice(0, at)]: value.slice(at + 1) };
}

function parseMinutes(value: string, flag: string): number {
  const minutes = Number(value);
  if (!Number.isInteger(minutes) || minutes < 1) {
    throw new UsageError(`${flag} takes a whole number of minutes, not ${JSON.stringify(value)}.`);
  }
  return minutes;
}
