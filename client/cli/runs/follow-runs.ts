import { newRunId } from '../../submit/new-run-id.js';
import { tellOn } from '../ids/find-named.js';
import { findRun, findRunId } from '../ids/find-run.js';
import { openSeedkit } from '../open-seedkit.js';
import { UsageError } from '../exit-code.js';
import { createJsonReader, type JsonReader } from '../run/json-reader.js';
import { readKeywordArguments } from '../run/python-options.js';
import { knownCommands } from '../run/known-commands.js';
import { follow, startAndFollow, type StartOptions } from '../run/follow-run.js';
import type { OutputFlags } from '../run/output-flags.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import type { Terminal } from '../terminal.js';

/** Flags of `runs wait`. */
export interface WaitOptions extends SeedkitOption, OutputFlags {
  readonly timeout?: number | undefined;
}

/** Flags of `runs again`. */
export interface AgainOptions extends SeedkitOption, OutputFlags {
  readonly args?: string | undefined;
  readonly kwargs?: string | undefined;
  readonly runId?: string | undefined;
  readonly detach?: boolean | undefined;
}

/**
 * Waits for the end of a run.
 * @returns the exit code of the run
 */
export async function waitForRun(named: string, options: WaitOptions, terminal: Terminal): Promise<number> {
  const tell = tellOn(terminal, options.quiet);
  const run = await unlessAborted(findRun(named, openSeedkit(options), tell), terminal.interrupted);
  const commands = await unlessAborted(knownCommands(run, options), terminal.interrupted);
  return follow(run, { ...options, known: { commands } }, terminal);
}

/**
 * Repeats a run that has ended, and waits for the end of the new one, unless `--detach` is given.
 * @returns the exit code of the new run
 */
export async function repeatRun(named: string, options: AgainOptions, terminal: Terminal): Promise<number> {
  const reader = createJsonReader(terminal);
  const other = {
    args: options.args === undefined ? undefined : await readArray(options.args, reader),
    kwargs: options.kwargs === undefined ? undefined : await readKeywordArguments(options.kwargs, reader),
  };
  const kit = openSeedkit(options);
  const tell = tellOn(terminal, options.quiet);
  const id = await unlessAborted(findRunId(named, kit, tell), terminal.interrupted);
  const commands: string[] = [];
  const start = async (started: StartOptions) => {
    const run = await kit.again(id, { ...started, ...other });
    if (options.detach !== true) commands.push(...(await knownCommands(run, options)));
    return run;
  };
  const following = { ...options, known: { commands }, packs: false };
  return startAndFollow(options.runId ?? newRunId(), start, following, terminal);
}

async function readArray(text: string, reader: JsonReader): Promise<unknown[]> {
  const value = await reader.read(text, '--args');
  if (Array.isArray(value)) return value as unknown[];
  throw new UsageError(`--args takes a JSON array, such as '["dev", 3]', not ${text}`);
}
