import type { Command } from 'commander';

import type { CallOptions, Run, Seedkit } from '../../seedkit-types.js';
import { UsageError } from '../exit-code.js';
import { newRunId } from '../../submit/new-run-id.js';
import { openSeedkit, withSeedkitOptions, type SeedkitOption } from '../seedkit-option.js';
import type { Terminal } from '../terminal.js';
import { startAndFollow, type FollowOptions, type StartOptions } from './follow-run.js';
import { addPythonOptions, collect, pythonCallOptions, type PythonFlags } from './python-options.js';
import { parseRunTarget, type RunTarget } from './run-target.js';

interface RunCommandOptions extends SeedkitOption, PythonFlags, FollowOptions {
  readonly dir?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly label: Readonly<Record<string, string>>;
  readonly timeout?: number;
  readonly ignore: readonly string[];
  readonly gitignore?: boolean;
  readonly prebuiltBundle?: string;
  readonly runId?: string;
}

const SIGNALS_TOLD =
  'Ctrl-C on a terminal asks whether to cancel the run, to leave it or to wait on; off a terminal, and SIGTERM ' +
  'anywhere, cancels it. The second one leaves at once. Both end with 130.';

/** Name in the bundle of the folder given by `--dir`. */
const DIR_NAME = 'dir';

/**
 * `codeseeder run FILE#FUNCTION [JSON args...]`, `codeseeder run MODULE:FUNCTION [JSON args...]` and `codeseeder run [--dir D] -- COMMAND`.
 *
 * @param command the words behind `--`, which the program never parses
 * @param end takes the exit code of a run that ended
 */
export function addRunCommand(
  program: Command,
  terminal: Terminal,
  command: readonly string[] | undefined,
  end: (exitCode: number) => void,
): void {
  addPythonOptions(withSeedkitOptions(program.command('run')), collectPair)
    .description("run a module's exported function, a Python function, or a command behind --, in CodeBuild")
    .argument('[target]', 'FILE#FUNCTION or MODULE:FUNCTION')
    .argument('[args...]', 'its arguments, each as JSON')
    .usage(
      '[options] FILE#FUNCTION [JSON args...]  |  [options] MODULE:FUNCTION [JSON args...]  |  [options] -- COMMAND',
    )
    .option('--dir <dir>', 'folder to take along; a command runs inside of it')
    .option('-e, --env <name=value>', 'variable of the build; may be given again', collectPair, {})
    .option('-l, --label <name=value>', 'label of the run; may be given again', collectPair, {})
    .option('--timeout <minutes>', 'minutes the build may run', parseMinutes)
    .option('--ignore <pattern>', 'what to leave out, as in .gitignore; may be given again', collect, [])
    .option('--gitignore', 'honour .gitignore files, too')
    .option('--prebuilt-bundle <place>', 'bundle that lies in S3, [s3://]bucket/key; nothing is packed')
    .option('--run-id <id>', 'id of the run (default: a new one)')
    .option('-d, --detach', 'print the run and leave it')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', `\n${SIGNALS_TOLD}`)
    .action(async (target: string | undefined, args: string[], options: RunCommandOptions) => {
      const operands = target === undefined ? [] : [target, ...args];
      const parsed = parseRunTarget(operands, command, terminal.workingFolder);
      end(await runTarget(parsed, options, terminal));
    });
}

async function runTarget(target: RunTarget, options: RunCommandOptions, terminal: Terminal): Promise<number> {
  const kit = openSeedkit(options);
  const start = (started: StartOptions) =>
    submit(target, kit, options, { ...callOptions(options), ...started });
  return startAndFollow(options.runId ?? newRunId(), start, options, terminal);
}

async function submit(
  target: RunTarget,
  kit: Seedkit,
  flags: PythonFlags,
  options: CallOptions,
): Promise<Run> {
  const python = pythonCallOptions(target, flags);
  if (target.kind === 'python')
    return kit.submitPython(target.target, { ...options, ...python, args: target.args });
  if (target.kind === 'function')
    return kit.submitFunction(target.file, target.exportName, target.args, options);
  const commands = options.dirs === undefined ? [target.command] : [`cd ${DIR_NAME}`, target.command];
  return kit.submitCommands(commands, options);
}

function callOptions(options: RunCommandOptions): CallOptions {
  const { dir, env, label, timeout, ignore, gitignore = false, prebuiltBundle } = options;
  return {
    environment: env,
    labels: label,
    ignore,
    gitignore,
    ...(timeout !== undefined && { build: { timeoutMinutes: timeout } }),
    ...(dir !== undefined && { dirs: { [DIR_NAME]: dir } }),
    ...(prebuiltBundle !== undefined && { prebuiltBundle }),
  };
}

function parseMinutes(text: string): number {
  const minutes = Number(text);
  if (!Number.isInteger(minutes) || minutes < 1) {
    throw new UsageError(`--timeout takes whole minutes, not ${JSON.stringify(text)}`);
  }
  return minutes;
}

function collectPair(text: string, pairs: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`${JSON.stringify(text)} is not NAME=VALUE`);
  return { ...pairs, [text.slice(0, at)]: text.slice(at + 1) };
}
