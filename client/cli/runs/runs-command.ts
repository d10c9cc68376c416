import type { Command } from 'commander';

import { withSeedkitOptions } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import type { Terminal } from '../terminal.js';
import { addActions } from './act-on-runs.js';
import { addListCommand } from './list-command.js';
import type { LogsOptions, RunsOptions } from './show-runs.js';

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
    .description("show a run's record and the history of its execution")
    .argument('<id>', 'id of the run')
    .option('--json', 'print record and history as JSON')
    .action(async (id: string, options: RunsOptions) => {
      const { showRun } = await import('./show-runs.js');
      await unlessAborted(showRun(id, options, terminal), interrupted);
    });
  withSeedkitOptions(runs.command('logs'))
    .description("print a run's log")
    .argument('<id>', 'id of the run')
    .option('-f, --follow', 'wait for further lines until the run ends')
    .option('--json', 'print each line as a JSON object')
    .action(async (id: string, options: LogsOptions) => {
      const { printLog } = await import('./show-runs.js');
      await unlessAborted(printLog(id, options, terminal), interrupted);
    });
  withSeedkitOptions(runs.command('shell'))
    .description("open a shell in a run's build, if the run has a debug session and its build runs")
    .argument('<id>', 'id of the run')
    .action(async (id: string, options: RunsOptions) => {
      const { openShell } = await import('./open-shell.js');
      end(await unlessAborted(openShell(id, options, terminal), interrupted));
    });
  addActions(runs, terminal, end);
}
