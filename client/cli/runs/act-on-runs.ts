import { Option, type Command, InvalidArgumentError } from 'commander';

import { runId, runIds } from '../ids/id-arguments.js';
import { withOutputFlags } from '../run/output-flags.js';
import { withSeedkitOptions } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import type { Terminal } from '../terminal.js';
import type { CancelOptions } from './cancel-runs.js';
import type { AgainOptions, WaitOptions } from './follow-runs.js';
import { valueOfKind } from '../value-kinds.js';

/** Maximum of `--timeout`: 7 days, which is longer than any run can take and short enough for a timer. */
const LONGEST_WAIT_MINUTES = 7 * 24 * 60;

/** Adds `codeseeder runs wait`, `cancel` and `again`. */
export function addActions(runs: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  withOutputFlags(withSeedkitOptions(runs.command('wait')))
    .description('wait for the end of a run and print its log; exit codes as of codeseeder run')
    .addArgument(runId())
    .option(
      '--timeout <minutes>',
      'maximum minutes to wait, then exit with 124; 0.5 is half a minute',
      parseWait,
    )
    .action(async (id: string, options: WaitOptions) => {
      const { waitForRun } = await import('./follow-runs.js');
      end(await waitForRun(id, options, terminal));
    });
  withSeedkitOptions(runs.command('cancel'))
    .description('stop runs and their builds; exits with 1 if one had already ended')
    .addArgument(runIds())
    .option('--reason <text>', 'reason, stored in the records')
    .option('--json', 'print the result of each run as JSON')
    .action(async (ids: string[], options: CancelOptions) => {
      const { cancelRuns } = await import('./cancel-runs.js');
      end(await unlessAborted(cancelRuns(ids, options, terminal), terminal.interrupted));
    });
  withOutputFlags(withSeedkitOptions(runs.command('again')))
    .description('repeat a run that has ended, as a new run')
    .addArgument(runId())
    .addOption(
      valueOfKind(
        'json',
        new Option(
          '--args <json>',
          "arguments of the new run: a JSON array, @FILE with one, or - for standard input (default: the run's own)",
        ),
      ),
    )
    .addOption(
      valueOfKind(
        'json',
        new Option(
          '--kwargs <json>',
          "keyword arguments of a Python function: a JSON object, @FILE with one, or - for standard input (default: the run's own)",
        ),
      ),
    )
    .option('--run-id <id>', 'id of the new run (default: a new id)')
    .option('-d, --detach', 'print the id of the new run and do not wait for it')
    .action(async (id: string, options: AgainOptions) => {
      const { repeatRun } = await import('./follow-runs.js');
      end(await repeatRun(id, options, terminal));
    });
}

function parseWait(text: string): number {
  const minutes = Number(text);
  if (!(minutes > 0 && minutes <= LONGEST_WAIT_MINUTES))
    throw new InvalidArgumentError(
      `Give a number of minutes, more than 0 and at most ${LONGEST_WAIT_MINUTES}.`,
    );
  return minutes;
}
