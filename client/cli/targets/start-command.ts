import type { Command } from 'commander';

import { withNotes } from '../help/command-help.js';
import { collectPair } from '../run/collect.js';
import { withOutputFlags } from '../run/output-flags.js';
import { withSeedkitOptions } from '../seedkit-option.js';
import type { Terminal } from '../terminal.js';
import type { StartFlags } from './start-published.js';
import { callArguments } from '../value-kinds.js';

const HELP =
  'What runs, and with which options, is part of the published version. Exit codes and signals are those of codeseeder ' +
  'run. With only the policy of targets, you can leave a run but not cancel it.';

const collectLabel = (text: string, labels?: Readonly<Record<string, string>>) =>
  collectPair('--label', text, labels);

/** Adds `codeseeder start NAME[@VERSION|@ALIAS] [JSON args...]`. @param end receives the exit code of the run */
export function addStartCommand(program: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  withNotes(withOutputFlags(withSeedkitOptions(program.command('start'))), HELP)
    .description('start a published target and wait for its end')
    .argument('<target>', 'NAME for the newest version, NAME@VERSION or NAME@ALIAS')
    .addArgument(callArguments())
    .option('--kwargs <json>', "Python: the function's keyword arguments, one JSON object")
    .option('--name <name>', 'name that lists show in place of the target')
    .option('-l, --label <name=value>', 'label of the run (repeatable)', collectLabel)
    .option('--run-id <id>', 'id of the run (default: a new id)')
    .option('-d, --detach', 'print the id of the run and do not wait for it')
    .action(async (target: string, args: string[], flags: StartFlags) => {
      const { startPublished } = await import('./start-published.js');
      end(await startPublished(target, args, flags, terminal));
    });
}
