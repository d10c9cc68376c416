import { isTerminal } from '../../../lib/contract/index.js';
import type { Run } from '../../run-types.js';
import { describeError } from '../describe-error.js';
import { EXIT_CODES, exitCodeOf, UsageError } from '../exit-code.js';
import { tellOn } from '../ids/find-named.js';
import { findRun } from '../ids/find-run.js';
import { openSeedkit } from '../open-seedkit.js';
import type { RunCancellation } from '../output-types.js';
import { fittedLines, printProblem } from '../print-problem.js';
import { endOf } from '../run/follow-run.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { printResult, type Terminal } from '../terminal.js';

/** Flags of `runs cancel`. */
export interface CancelOptions extends SeedkitOption {
  readonly reason?: string | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Cancels runs and waits until each has ended. Cancels none if a text may name several.
 * @param named whole ids, starts of ids, or `latest`
 * @returns the highest exit code of the runs
 */
export async function cancelRuns(
  named: readonly string[],
  options: CancelOptions,
  terminal: Terminal,
): Promise<number> {
  const { runs, errors } = await findRuns(named, options, terminal);
  terminal.interrupted.throwIfAborted();
  const settled = await Promise.allSettled(runs.map((run) => cancelRun(run, options.reason, terminal)));
  terminal.interrupted.throwIfAborted();
  const done = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = [...errors, ...reasonsOf(settled)];
  printResult<'runs cancel'>(terminal, options.json === true, done, () =>
    done.flatMap((one) => fittedLines(terminal.stdout, terminal.program, describeCancellation(one))),
  );
  if (done.length === 0 && failed.length === 1) throw failed[0];
  for (const error of failed) printProblem(terminal, describeError(error));
  const isEveryCanceled = done.every(({ canceled }) => canceled);
  return Math.max(isEveryCanceled ? EXIT_CODES.passed : EXIT_CODES.runFailed, ...failed.map(exitCodeOf));
}

/**
 * Finds runs, each once, and the errors of those that were not found.
 * @throws UsageError for a text that may name several runs
 */
async function findRuns(
  named: readonly string[],
  options: CancelOptions,
  terminal: Terminal,
): Promise<{ readonly runs: readonly Run[]; readonly errors: readonly unknown[] }> {
  const kit = openSeedkit(options);
  const tell = tellOn(terminal);
  const found = await Promise.allSettled([...new Set(named)].map((text) => findRun(text, kit, tell)));
  const errors = reasonsOf(found);
  for (const error of errors) if (error instanceof UsageError) throw error;
  const runs = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return { runs: [...new Map(runs.map((run) => [run.id, run])).values()], errors };
}

function reasonsOf(settled: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return settled.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
}

async function cancelRun(
  run: Run,
  reason: string | undefined,
  { interrupted }: Terminal,
): Promise<RunCancellation> {
  const { id: runId } = run;
  const before = await run.status();
  if (isTerminal(before)) return { runId, status: before, canceled: false };
  await run.cancel(reason);
  const { record } = await endOf(run, { signal: interrupted });
  return { runId, status: record.status, canceled: record.status === 'CANCELED' };
}

function describeCancellation({ runId, status, canceled }: RunCancellation): string {
  return canceled ? `${runId} ${status}` : `${runId} had already ended: ${status}`;
}
