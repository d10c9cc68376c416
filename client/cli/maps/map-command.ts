import { Argument, type Command, InvalidArgumentError, Option } from 'commander';

import { MAP_CONCURRENCY, ON_ERROR } from '../../../lib/contract/index.js';
import { withNotes } from '../help/command-help.js';
import { keepGivenOptions } from '../given-options.js';
import { seedkitFlagOf, withSeedkitOptions } from '../seedkit-option.js';
import type { Terminal } from '../terminal.js';
import { addOptionFlags } from '../run/option-flags.js';
import { addPythonOptions, includedModules, refuseWrongPythonFlags } from '../run/python-options.js';
import { mapCallOf } from './map-call.js';
import { parseMapTarget } from './map-target.js';
import type { MapFlags } from './map-flags.js';
import { valueOfKind } from '../value-kinds.js';

const HELP =
  'Each line of INPUTS is one input as JSON: an array has the arguments of a call, another value is its only argument. A ' +
  'command finds its input in the variable CODESEEDER_INPUT. Results are printed as lines of JSON, in input order. Ctrl-C ' +
  'stops watching the map, which continues. Exit codes: 0 every run succeeded, 1 a run did not.';

/**
 * Adds `codeseeder map FILE#FUNCTION INPUTS`, `codeseeder map MODULE:FUNCTION INPUTS` and
 * `codeseeder map INPUTS -- COMMAND`.
 *
 * @param command the words after `--`, which are not parsed
 * @param end receives the exit code
 */
export function addMapCommand(
  program: Command,
  terminal: Terminal,
  command: readonly string[] | undefined,
  end: (exitCode: number) => void,
): void {
  const map = withSeedkitOptions(program.command('map'))
    .description('run a function, a Python function, or the command after --, once for each line of a file')
    .addArgument(
      valueOfKind(
        'function',
        new Argument(
          '<operands...>',
          'FILE#FUNCTION or MODULE:FUNCTION, and the file of inputs (- for standard input)',
        ),
      ),
    )
    .usage(
      '[options] FILE#FUNCTION INPUTS  |  [options] MODULE:FUNCTION INPUTS  |  [options] INPUTS -- COMMAND',
    )
    .option('--options <file>', 'JSON file with options of the runs, named as in code')
    .option('--order <order>', 'order of the printed results: input or completion', parseOrder, 'input')
    .option('-d, --detach', 'print the id of the map and do not wait for it')
    .option('--json', 'print the id of a map left with --detach as JSON');
  addMapOptions(map);
  keepGivenOptions(withNotes(addPythonOptions(addOptionFlags(map)), HELP)).action(
    async (operands: string[], values: MapFlags, own: Command) => {
      const { seedkit, selecting } = values;
      const repeated = { seedkit, selecting, call: mapCallOf(operands, command, own) };
      const flags = { ...values, repeated, seedkitFlag: seedkitFlagOf(own) };
      const { target, inputs } = parseMapTarget(
        operands,
        command,
        terminal.workingFolder,
        includedModules(values),
      );
      refuseWrongPythonFlags(target, flags, terminal.workingFolder);
      const { startMap } = await import('./start-map.js');
      end(await startMap(target, inputs, flags, terminal));
    },
  );
}

/** Adds the flags that `map` and `maps again` have. */
export function addMapOptions(command: Command): Command {
  return command
    .option(
      '--concurrency <number>',
      `runs at the same time (default: ${MAP_CONCURRENCY.default})`,
      parseConcurrency,
    )
    .addOption(
      new Option('--on-error <action>', 'after a run that did not succeed (default: continue)').choices(
        ON_ERROR,
      ),
    );
}

export function parseConcurrency(text: string): number {
  const { min, max } = MAP_CONCURRENCY;
  const concurrency = Number(text);
  if (!Number.isInteger(concurrency) || concurrency < min || concurrency > max)
    throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  return concurrency;
}

export function parseOrder(text: string): 'input' | 'completion' {
  if (text !== 'input' && text !== 'completion') throw new InvalidArgumentError('Give input or completion.');
  return text;
}
