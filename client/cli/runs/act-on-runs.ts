import { type Command, InvalidArgumentError } from 'commander';

import { follow, startAndFollow, type StartOptions } from '../run/follow-run.js';
import { newRunId } from '../../submit/new-run-id.js';
import { openSeedkit, withSeedkitOptions, type SeedkitOption } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import type { Terminal } from '../terminal.js';
import { cancelRuns, type CancelOptions } from './cancel-runs.js';

interface RunsOptions extends SeedkitOption {
  readonly json?: boolean;
}

interface AgainOptions extends RunsOptions {
  readonly runId?: string;
  readonly detach?: boolean;
}

interface WaitOptions extends RunsOptions {
  readonly timeout?: number;
}

/** Longer than any run may take, and short enough for a timer. */
const LONGEST_WAIT_MINUTES = 7 * 24 * 60;

/** `codeseeder runs wait|cancel|again`. */
export function addActions(runs: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  withSeedkitOptions(runs.command('wait'))
    .description('wait for the end of a run, with its log; exits as codeseeder run does')
    .argument('<id>', "the run's id")
    .option('--timeout <minutes>', 'how long to wait, then exit with 124; 0.5 is half a minute', parseWait)
    .option('--json', 'print the result as JSON')
    .action(async (id: string, options: WaitOptions) => {
      const run = await unlessAborted(openSeedkit(options).attach(id), terminal.interrupted);
      end(await follow(run, options, terminal));
    });
  withSeedkitOptions(runs.command('cancel'))
    .description('stop runs and their builds; exits with 1 where one was over already')
    .argument('<ids...>', "the runs' ids")
    .option('--reason <text>', 'why, for their records')
    .option('--json', 'print what became of each as JSON')
    .action(async (ids: string[], options: CancelOptions) =>
      end(await unlessAborted(cancelRuns(ids, options, terminal), terminal.interrupted)),
    );
  withSeedkitOptions(runs.command('again'))
    .description('run again what a run did that is over, as a new run')
    .argument('<id>', "the run's id")
    .option('--run-id <id>', 'id of the new run (default: a new one)')
    .option('-d, --detach', 'print the new run and leave it')
    .option('--json', 'print the result as JSON')
    .action(async (id: string, options: AgainOptions) => {
      const start = (started: StartOptions) => openSeedkit(options).again(id, started);
      end(await startAndFollow(options.runId ?? newRunId(), start, options, terminal));
    });
}

function parseWait(text: string): number {
  const minutes = Number(text);
  if (!(minutes > 0 && minutes <= LONGEST_WAIT_MINUTES))
    throw new InvalidArgumentError(`Give minutes, more than 0 and at most ${LONGEST_WAIT_MINUTES}.`);
  return minutes;
}
