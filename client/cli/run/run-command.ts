import { Argument, type Command } from 'commander';

import type { RunFailure } from '../../../lib/contract/index.js';
import { withNotes } from '../help/command-help.js';
import { seedkitFlagOf, withSeedkitOptions } from '../seedkit-option.js';
import type { Terminal } from '../terminal.js';
import { missingModuleAdvice, missingPackageAdvice } from './missing-files.js';
import { adviceOnMisplaced } from './misplaced-options.js';
import { addOptionFlags } from './option-flags.js';
import { withOutputFlags } from './output-flags.js';
import { addPythonOptions, includedModules, refuseWrongPythonFlags } from './python-options.js';
import type { RunFlags } from './run-flags.js';
import { parseRunTarget, type RunTarget } from './run-target.js';
import { callArguments, valueOfKind } from '../value-kinds.js';

const SIGNALS_HELP =
  'On a terminal, Ctrl-C asks whether to cancel the run, to leave it or to wait. Without a terminal it cancels the run, ' +
  'as do SIGTERM and the end of the process that started this one. A second signal leaves the run at once. The exit ' +
  'code is then 130. Use --detach for a run that must outlive the process that starts it.';

/**
 * Adds `codeseeder run FILE#FUNCTION [JSON args...]`, `codeseeder run MODULE:FUNCTION [JSON args...]` and
 * `codeseeder run [--dir D] -- COMMAND`.
 *
 * @param command the words after `--`, which are not parsed
 * @param end receives the exit code of the run
 */
export function addRunCommand(
  program: Command,
  terminal: Terminal,
  command: readonly string[] | undefined,
  end: (exitCode: number) => void,
): void {
  const run = withOutputFlags(withSeedkitOptions(program.command('run')))
    .description("run a module's exported function, a Python function, or the command after --, in CodeBuild")
    .addArgument(valueOfKind('function', new Argument('[target]', 'FILE#FUNCTION or MODULE:FUNCTION')))
    .addArgument(callArguments())
    .usage(
      '[options] FILE#FUNCTION [JSON args...]  |  [options] MODULE:FUNCTION [JSON args...]  |  [options] -- COMMAND',
    )
    .option('--options <file>', 'JSON file with options of the run, named as in code')
    .option('--run-id <id>', 'id of the run (default: a new id)')
    .option('-d, --detach', 'print the id of the run and do not wait for it');
  withNotes(addPythonOptions(addOptionFlags(run)), SIGNALS_HELP).action(
    async (operand: string | undefined, args: string[], values: RunFlags, own: Command) => {
      const operands = operand === undefined ? [] : [operand, ...args];
      const localModules = includedModules(values);
      const target = parseRunTarget(operands, command, terminal.workingFolder, { localModules });
      const adviceOnFailure = {
        CommandFailed: adviceOnMisplaced(own, command),
        TargetNotFound: adviceOnTarget(target, values, terminal),
        RemoteError: adviceOnImport(target, values, terminal),
      };
      const flags = { ...values, adviceOnFailure, seedkitFlag: seedkitFlagOf(own) };
      refuseWrongPythonFlags(target, flags, terminal.workingFolder);
      const { startTarget } = await import('./start-target.js');
      end(await startTarget(target, flags, terminal));
    },
  );
}

/** Returns a hint about a module that the build does not have. */
function adviceOnTarget(target: RunTarget, flags: RunFlags, { workingFolder }: Terminal) {
  if (target.kind !== 'python') return undefined;
  const modules = Object.keys(includedModules(flags));
  return (failure: RunFailure) => missingModuleAdvice(failure, target.target, modules, workingFolder);
}

/** Returns a hint about requirements that no flag, options file or config names. */
function adviceOnImport(target: RunTarget, flags: RunFlags, { workingFolder }: Terminal) {
  const { requirements, pythonModule, options, config } = flags;
  const isNamed =
    requirements.length + pythonModule.length > 0 ||
    options !== undefined ||
    config?.options?.requirementsFiles !== undefined;
  if (target.kind !== 'python' || isNamed) return undefined;
  return (failure: RunFailure) => missingPackageAdvice(failure, workingFolder);
}
