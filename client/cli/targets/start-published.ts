import { newRunId } from '../../submit/new-run-id.js';
import { UsageError } from '../exit-code.js';
import { openSeedkit } from '../open-seedkit.js';
import { startAndFollow, type FollowOptions, type StartOptions } from '../run/follow-run.js';
import { knownCommands } from '../run/known-commands.js';
import { createJsonReader, readArguments } from '../run/json-reader.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import type { Terminal } from '../terminal.js';

/** Flags of `codeseeder start`. */
export interface StartFlags extends SeedkitOption, FollowOptions {
  readonly kwargs?: string | undefined;
  readonly name?: string | undefined;
  readonly label?: Readonly<Record<string, string>> | undefined;
  readonly runId?: string | undefined;
}

/**
 * Starts a published target and waits for its end, unless `--detach` is given.
 * @returns the exit code of the run
 */
export async function startPublished(
  target: string,
  texts: readonly string[],
  flags: StartFlags,
  terminal: Terminal,
): Promise<number> {
  const reader = createJsonReader(terminal);
  const args = await unlessAborted(readArguments(texts, reader), terminal.interrupted);
  const kwargs = flags.kwargs === undefined ? undefined : await reader.read(flags.kwargs, '--kwargs');
  if (kwargs !== undefined && (typeof kwargs !== 'object' || kwargs === null || Array.isArray(kwargs))) {
    throw new UsageError(`--kwargs is not a JSON object: ${String(flags.kwargs)}`);
  }
  const kit = openSeedkit(flags);
  const { name, label: labels, runId = newRunId() } = flags;
  const options = { kwargs: kwargs as Record<string, unknown> | undefined, name, labels };
  const commands: string[] = [];
  const start = async (started: StartOptions) => {
    const run = await kit.target(target, { ...options, ...started }).submit(...args);
    if (flags.detach !== true) commands.push(...(await knownCommands(run, flags)));
    return run;
  };
  return startAndFollow(runId, start, { ...flags, known: { commands }, packs: false }, terminal);
}
