import { isTerminal } from '../../../lib/contract/index.js';
import type { Seedkit } from '../../seedkit-types.js';
import { describeError } from '../describe-error.js';
import { EXIT_CODES, exitCodeOf } from '../exit-code.js';
import { openSeedkit } from '../open-seedkit.js';
import type { RunCancellation } from '../output-types.js';
import { printProblem } from '../print-problem.js';
import { endOf } from '../run/follow-run.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { printResult, type Terminal } from '../terminal.js';

/** Flags of `runs cancel`. */
export interface CancelOptions extends SeedkitOption {
  readonly reason?: string | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Cancels runs and waits until each has ended.
 * @returns the highest exit code of the runs
 */
export async function cancelRuns(
  ids: readonly string[],
  options: CancelOptions,
  terminal: Terminal,
): Promise<number> {
  const kit = openSeedkit(options);
  const runIds = [...new Set(ids)];
  const settled = await Promise.allSettled(runIds.map((id) => cancelRun(id, options.reason, kit, terminal)));
  terminal.interrupted.throwIfAborted();
  const done = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = settled.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
  printResult<'runs cancel'>(terminal, options.json === true, done, () => done.map(describeCancellation));
  if (runIds.length === 1 && failed.length === 1) throw failed[0];
  for (const error of failed) printProblem(terminal, describeError(error));
  const isEveryCanceled = done.every(({ canceled }) => canceled);
  return Math.max(isEveryCanceled ? EXIT_CODES.passed : EXIT_CODES.runFailed, ...failed.map(exitCodeOf));
}

async function cancelRun(
  runId: string,
  reason: string | undefined,
  kit: Seedkit,
  { interrupted }: Terminal,
): Promise<RunCancellation> {
  const run = await kit.attach(runId);
  const before = await run.status();
  if (isTerminal(before)) return { runId, status: before, canceled: false };
  await run.cancel(reason);
  const { record } = await endOf(run, { signal: interrupted });
  return { runId, status: record.status, canceled: record.status === 'CANCELED' };
}

function describeCancellation({ runId, status, canceled }: RunCancellation): string {
  return canceled ? `${runId} ${status}` : `${runId} had already ended: ${status}`;
}
