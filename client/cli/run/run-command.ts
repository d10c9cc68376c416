import type { Command } from 'commander';

import { RemoteError, RunFailedError } from '../../errors.js';
import type { CallOptions, Run, RunOutcome, Seedkit } from '../../seedkit-types.js';
import { EXIT_CODES, InterruptedError, UsageError } from '../exit-code.js';
import { openSeedkit, withSeedkitOptions, type SeedkitOption } from '../seedkit-option.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { openProgressDisplay, type ProgressDisplay } from './progress-display.js';
import { addPythonOptions, pythonCallOptions, type PythonFlags } from './python-options.js';
import { parseRunTarget, type RunTarget } from './run-target.js';

interface RunCommandOptions extends SeedkitOption, PythonFlags {
  readonly dir?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly label: Readonly<Record<string, string>>;
  readonly timeout?: number;
  readonly runId?: string;
  readonly detach?: boolean;
  readonly json?: boolean;
}

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
    .option('--run-id <id>', 'id of the run (default: a new one)')
    .option('-d, --detach', 'print the run and leave it')
    .option('--json', 'print the result as JSON')
    .action(async (target: string | undefined, args: string[], options: RunCommandOptions) => {
      const operands = target === undefined ? [] : [target, ...args];
      const parsed = parseRunTarget(operands, command, terminal.workingFolder);
      end(await runTarget(parsed, options, terminal));
    });
}

async function runTarget(target: RunTarget, options: RunCommandOptions, terminal: Terminal): Promise<number> {
  const kit = openSeedkit(options);
  const display = openProgressDisplay(terminal);
  try {
    const run = await submit(target, kit, options, callOptions(options, display, terminal));
    if (options.detach === true) {
      display.close();
      printResult(terminal, options.json === true, describeRun(run), () => [run.id]);
      return EXIT_CODES.passed;
    }
    return await awaitRun(run, options, display, terminal);
  } finally {
    display.close();
  }
}

async function awaitRun(
  run: Run,
  options: RunCommandOptions,
  display: ProgressDisplay,
  terminal: Terminal,
): Promise<number> {
  const json = options.json === true;
  try {
    const outcome = await run.outcome({ signal: terminal.interrupted });
    display.close();
    printResult(terminal, json, describeOutcome(outcome), () =>
      outcome.value === null ? [] : [JSON.stringify(outcome.value, undefined, 2)],
    );
    return EXIT_CODES.passed;
  } catch (error) {
    display.close();
    if (terminal.interrupted.aborted) {
      throw new InterruptedError(
        `Left run ${run.id}, which goes on: codeseeder runs logs ${run.id} --follow`,
      );
    }
    if (!(error instanceof RemoteError) && !(error instanceof RunFailedError)) throw error;
    const { record, runId, consoleUrl } = error;
    if (json)
      printResult(
        terminal,
        true,
        { runId, consoleUrl, status: record.status, failure: record.failure },
        () => [],
      );
    printLine(
      terminal.stderr,
      error instanceof RemoteError ? (error.remoteStack ?? error.message) : error.message,
    );
    return EXIT_CODES.runFailed;
  }
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

function callOptions(options: RunCommandOptions, display: ProgressDisplay, terminal: Terminal): CallOptions {
  const { dir, env, label, timeout, runId } = options;
  const environment = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, { value, type: 'PLAINTEXT' as const }]),
  );
  return {
    build: { environment, ...(timeout !== undefined && { timeoutMinutes: timeout }) },
    labels: label,
    onProgress: display.onProgress,
    onLog: display.onLog,
    signal: terminal.interrupted,
    ...(dir !== undefined && { dirs: { [DIR_NAME]: dir } }),
    ...(runId !== undefined && { runId }),
  };
}

function describeRun({ id, executionArn, consoleUrl }: Run) {
  return { runId: id, executionArn, consoleUrl };
}

function describeOutcome({ runId, status, value, exportedVariables }: RunOutcome) {
  return { runId, status, value, exportedVariables };
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
