import { Argument, type Command } from 'commander';

import { withNotes } from '../help/command-help.js';
import { addOptionFlags } from '../run/option-flags.js';
import { addPythonOptions, includedModules, refuseWrongPythonFlags } from '../run/python-options.js';
import { quoteWord } from '../quote-word.js';
import { parseRunTarget } from '../run/run-target.js';
import { UsageError } from '../exit-code.js';
import { seedkitFlagOf, withSeedkitOptions } from '../seedkit-option.js';
import type { Terminal } from '../terminal.js';
import type { PublishFlags } from './publish-flags.js';
import { valueOfKind } from '../value-kinds.js';

const HELP =
  'A version never changes and its layers do not expire. codeseeder start NAME starts the newest version, NAME@prod the ' +
  'one that the alias prod names, and NAME@3 version 3. Arguments are given at the start; a command finds its argument in ' +
  'the variable CODESEEDER_INPUT. The options of the run are those of the version and cannot be changed at the start.';

/**
 * Adds `codeseeder publish NAME FILE#FUNCTION`, `codeseeder publish NAME MODULE:FUNCTION` and
 * `codeseeder publish NAME -- COMMAND`.
 * @param command the words after `--`, which are not parsed
 */
export function addPublishCommand(
  program: Command,
  terminal: Terminal,
  command: readonly string[] | undefined,
): void {
  const publish = withSeedkitOptions(program.command('publish'))
    .description('store a function, a Python function, or the command after --, for others to start by name')
    .argument('<name>', 'name of the target')
    .addArgument(valueOfKind('function', new Argument('[target]', 'FILE#FUNCTION or MODULE:FUNCTION')))
    .usage('[options] NAME FILE#FUNCTION  |  [options] NAME MODULE:FUNCTION  |  [options] NAME -- COMMAND')
    .option('--alias <alias>', 'alias that names the new version from now on')
    .option('--options <file>', 'JSON file with options of the run, named as in code')
    .option('--json', 'print the version as JSON');
  withNotes(addPythonOptions(addOptionFlags(publish)), HELP).action(
    async (name: string, operand: string | undefined, values: PublishFlags, own: Command) => {
      const flags = { ...values, seedkitFlag: seedkitFlagOf(own) };
      const operands = operand === undefined ? [] : [operand];
      const start = `codeseeder publish ${quoteWord(name)}`;
      const target = parseRunTarget(operands, command, terminal.workingFolder, {
        start,
        localModules: includedModules(values),
      });
      refuseWrongPythonFlags(target, flags, terminal.workingFolder);
      if (flags.kwargs !== undefined) {
        throw new UsageError('A target is published without arguments. Give --kwargs to codeseeder start.');
      }
      const { publishAndPrint } = await import('./publish-and-print.js');
      await publishAndPrint(name, target, flags, terminal);
    },
  );
}
