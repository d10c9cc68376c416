import { newRunId } from '../../submit/new-run-id.js';
import { openSeedkit } from '../open-seedkit.js';
import { follow, startAndFollow, type StartOptions } from '../run/follow-run.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import type { Terminal } from '../terminal.js';

/** Flags of `runs wait`. */
export interface WaitOptions extends SeedkitOption {
  readonly json?: boolean | undefined;
  readonly timeout?: number | undefined;
}

/** Flags of `runs again`. */
export interface AgainOptions extends SeedkitOption {
  readonly json?: boolean | undefined;
  readonly runId?: string | undefined;
  readonly detach?: boolean | undefined;
}

/**
 * Waits for the end of a run.
 * @returns the exit code of the run
 */
export async function waitForRun(id: string, options: WaitOptions, terminal: Terminal): Promise<number> {
  const run = await unlessAborted(openSeedkit(options).attach(id), terminal.interrupted);
  return follow(run, options, terminal);
}

/**
 * Repeats a run that has ended, and waits for the end of the new one, unless `--detach` is given.
 * @returns the exit code of the new run
 */
export async function repeatRun(id: string, options: AgainOptions, terminal: Terminal): Promise<number> {
  const start = (started: StartOptions) => openSeedkit(options).again(id, started);
  return startAndFollow(options.runId ?? newRunId(), start, options, terminal);
}
