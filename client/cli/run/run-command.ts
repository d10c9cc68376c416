import type { Command } from 'commander';

import { newRunId } from '../../submit/new-run-id.js';
import { withSeedkitOptions } from '../seedkit-option.js';
import type { Terminal } from '../terminal.js';
import { startAndFollow } from './follow-run.js';
import { addOptionFlags } from './option-flags.js';
import { addPythonOptions, requirePythonTarget } from './python-options.js';
import { prepareRun } from './prepare-run.js';
import type { RunFlags } from './run-flags.js';
import { parseRunTarget } from './run-target.js';

const SIGNALS_TOLD =
  'Ctrl-C on a terminal asks whether to cancel the run, to leave it or to wait on; off a terminal, and SIGTERM ' +
  'anywhere, cancels it, and so does the end of the process that started this one. The second one leaves at once. ' +
  'All end with 130. Use --detach for a run that is to outlive its starter.';

/**
 * `codeseeder run FILE#FUNCTION [JSON args...]`, `codeseeder run MODULE:FUNCTION [JSON args...]` and
 * `codeseeder run [--dir D] -- COMMAND`.
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
  const run = withSeedkitOptions(program.command('run'))
    .description("run a module's exported function, a Python function, or a command behind --, in CodeBuild")
    .argument('[target]', 'FILE#FUNCTION or MODULE:FUNCTION')
    .argument('[args...]', 'its arguments, each as JSON, @FILE with JSON, or - for JSON on standard input')
    .usage(
      '[options] FILE#FUNCTION [JSON args...]  |  [options] MODULE:FUNCTION [JSON args...]  |  [options] -- COMMAND',
    )
    .option('--options <file>', 'JSON file with options of the run, by their names in code')
    .option('--run-id <id>', 'id of the run (default: a new one)')
    .option('-d, --detach', 'print the run and leave it')
    .option('--json', 'print the result as JSON');
  addPythonOptions(addOptionFlags(run))
    .addHelpText('after', `\n${SIGNALS_TOLD}`)
    .action(async (operand: string | undefined, args: string[], values: RunFlags, own: Command) => {
      const flags = { ...values, isSeedkitGiven: own.getOptionValueSource('seedkit') === 'cli' };
      const operands = operand === undefined ? [] : [operand, ...args];
      const target = parseRunTarget(operands, command, terminal.workingFolder);
      requirePythonTarget(target, flags);
      const prepared = await prepareRun(target, flags, terminal);
      end(await startAndFollow(prepared.runId ?? newRunId(), prepared.start, flags, terminal));
    });
}
