import path from 'node:path';
import { type Command, Option } from 'commander';

import { COMPUTE_TYPES, ENVIRONMENT_TYPES } from '../../../lib/contract/index.js';
import { parseRunOptions, type WrittenOptions } from '../../submit/parse-run-options.js';
import { UsageError } from '../exit-code.js';
import { collect, collectPair } from './collect.js';

/** A flag that sets one option of a run. */
interface OptionFlag {
  readonly flag: Option;
  /** Where the option is among those of a run, such as `build.image`. */
  readonly option: string;
}

/** Flags of `codeseeder run`, by what they are about. Every other option is taken by `--options FILE.json`. */
export const OPTION_FLAGS: readonly OptionFlag[] = [
  // What is taken along.
  pairs('dirs', '--dir <[name=]dir>', 'folder to take along; a command starts in the first', collectDir),
  pairs('files', '--file <[path=]file>', 'file to take along', collectFile),
  list('ignore', '--ignore <pattern>', 'what to leave out, as in .gitignore'),
  text('gitignore', '--gitignore', 'honour .gitignore files, too'),
  text('gitignore', '--no-gitignore', "leave .gitignore files alone, whatever the function's kit says"),
  list('nodeModules', '--node-module <name>', 'package to take along as files'),
  list('bundledPackages', '--bundled-package <name>', 'package to bundle, whatever it does'),
  text('prebuiltBundle', '--prebuilt-bundle <place>', 'bundle in S3, [s3://]bucket/key; nothing is packed'),
  text('minify', '--minify', "make the function's code small"),
  text('verify', '--verify', 'read every file again; trust no digest that was kept'),
  // What the run starts with.
  text(
    'build.workingDirectory',
    '--working-directory <path>',
    "folder of the bundle to start in (default: the bundle's root)",
  ),
  pairs('environment', '-e, --env <name=value>', 'variable of the build'),
  pairs('labels', '-l, --label <name=value>', 'label of the run'),
  // How its build is made.
  count('build.timeoutMinutes', '--timeout <minutes>', 'minutes the build may run'),
  count('build.queuedTimeoutMinutes', '--queued-timeout <minutes>', 'minutes the run may wait for its build'),
  text('build.image', '--image <image>', 'docker image of the build'),
  choice('build.computeType', '--compute-type <type>', 'size of the build', COMPUTE_TYPES),
  choice('build.environmentType', '--environment-type <type>', 'kind of the build', ENVIRONMENT_TYPES),
  text('build.role', '--role <arn>', "the build's role"),
  text('build.project', '--project <name>', 'another CodeBuild project to build in'),
  text('build.fleet', '--fleet <arn>', 'reserved capacity fleet to build on'),
  text('build.privileged', '--privileged', 'docker inside the build'),
  pairs('build.runtimeVersions', '--runtime-version <name=version>', 'language runtime, such as nodejs=24'),
  pairs(
    'build.packages',
    '--package <name[@range]>',
    'npm package installed globally before',
    collectPackage,
  ),
  text('build.npmMirror', '--npm-mirror <url>', 'registry that npm uses'),
  text('build.pypiMirror', '--pypi-mirror <url>', 'index that pip uses'),
  list('build.installCommands', '--install-command <command>', 'command of the install phase'),
  list('build.preBuildCommands', '--pre-build-command <command>', 'command of the pre_build phase'),
  list('build.preExecutionCommands', '--pre-execution-command <command>', 'command right before the target'),
  list('build.buildCommands', '--build-command <command>', 'command right after the target'),
  list('build.postBuildCommands', '--post-build-command <command>', 'command of the post_build phase'),
  list('build.exportedVariables', '--exported-variable <name>', 'variable whose value comes back'),
];

/** Name in the bundle of a folder that was given without one. */
const DIR_NAME = 'dir';

/** Adds a flag for each option of a run that is asked for often. */
export function addOptionFlags(command: Command): Command {
  for (const { flag } of OPTION_FLAGS) command.addOption(flag);
  return command;
}

/**
 * Returns the options that flags were given for, and no others.
 *
 * @param flags the values of the command's flags
 * @throws CodeseederError `InvalidRequest` naming the option that is out of its limits
 */
export function optionsOfFlags(flags: Readonly<Record<string, unknown>>): WrittenOptions {
  const options: Record<string, unknown> = {};
  const build: Record<string, unknown> = {};
  for (const { flag, option } of OPTION_FLAGS) {
    const value = flags[flag.attributeName()];
    if (value === undefined) continue;
    if (option.startsWith('build.')) build[option.slice('build.'.length)] = value;
    else options[option] = value;
  }
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
  const flag = new Option(flags, again(description));
  return { option, flag: flag.argParser((value, before?: readonly string[]) => collect(value, before)) };
}

function pairs(option: string, flags: string, description: string, read = collectPair): OptionFlag {
  return { option, flag: new Option(flags, again(description)).argParser(read) };
}

function count(option: string, flags: string, description: string): OptionFlag {
  const flag = new Option(flags, description);
  return { option, flag: flag.argParser((value) => parseMinutes(value, flag.long ?? flags)) };
}

function again(description: string): string {
  return `${description}; may be given again`;
}

type Pairs = Readonly<Record<string, string>>;

/** `NAME=DIR`, or a folder alone; `./a=b` is a folder. */
function collectDir(value: string, pairs?: Pairs): Pairs {
  return /^\w[\w./-]*=/.test(value) ? collectPair(value, pairs) : { ...pairs, [DIR_NAME]: value };
}

function collectFile(value: string, pairs?: Pairs): Pairs {
  return /^\w[\w./-]*=/.test(value) ? collectPair(value, pairs) : { ...pairs, [path.basename(value)]: value };
}

/** As npm takes them: `aws-cdk`, `aws-cdk@^2`, `@team/tool@1`. */
function collectPackage(value: string, pairs?: Pairs): Pairs {
  const at = value.indexOf('@', 1);
  return at < 0 ? { ...pairs, [value]: 'latest' } : { ...pairs, [value.slice(0, at)]: value.slice(at + 1) };
}

function parseMinutes(value: string, flag: string): number {
  const minutes = Number(value);
  if (!Number.isInteger(minutes) || minutes < 1) {
    throw new UsageError(`${flag} takes whole minutes, not ${JSON.stringify(value)}`);
  }
  return minutes;
}
