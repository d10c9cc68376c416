import type { Command } from 'commander';

import { withNotes } from '../help/command-help.js';
import { runId } from '../ids/id-arguments.js';
import { withSeedkitOptions } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import type { Terminal } from '../terminal.js';
import { addActions } from './act-on-runs.js';
import { addListCommand } from './list-command.js';
import type { LogsOptions } from './print-log.js';
import type { RunsOptions } from './runs-options.js';
import type { ShowOptions } from './show-run.js';

const LOGS_HELP =
  "On a terminal, the lines of CodeBuild and of codeseeder's own commands are folded into one line for each phase, as " +
  'in codeseeder run. A file or a program gets all lines as the build wrote them, as with --verbose.';

/**
 * Adds `codeseeder runs list`, `show`, `logs`, `shell`, `wait`, `cancel` and `again`.
 * @param end receives the exit code of commands that report the end of runs by it
 */
export function addRunsCommand(program: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  const { interrupted } = terminal;
  const runs = program
    .command('runs')
    .description('list runs, show them, wait for them, cancel or repeat them');
  addListCommand(runs, terminal);
  withSeedkitOptions(runs.command('show'))
    .description('show what a run ran with which arguments, when, and its value or error')
    .addArgument(runId())
    .option('--history', 'also print the events of its execution in Step Functions')
    .option('--json', 'print record, history, arguments and value as JSON, whole')
    .action(async (id: string, options: ShowOptions) => {
      const { showRun } = await import('./show-run.js');
      await unlessAborted(showRun(id, options, terminal), interrupted);
    });
  withNotes(withSeedkitOptions(runs.command('logs')), LOGS_HELP)
    .description("print a run's log")
    .addArgument(runId())
    .option('-f, --follow', 'wait for further lines until the run ends')
    .option('--verbose', "print all lines of the log as they are, also CodeBuild's own")
    .option('--json', 'print each line as a JSON object')
    .action(async (id: string, options: LogsOptions) => {
      const { printLog } = await import('./print-log.js');
      await unlessAborted(printLog(id, options, terminal), interrupted);
    });
  withSeedkitOptions(runs.command('shell'))
    .description("open a shell in a run's build, if the run has a debug session and its build runs")
    .addArgument(runId())
    .action(async (id: string, options: RunsOptions) => {
      const { openShell } = await import('./open-shell.js');
      end(await unlessAborted(openShell(id, options, terminal), interrupted));
    });
  addActions(runs, terminal, end);
}
