import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const COMMAND_LINE = fileURLToPath(new URL('../../dist/bin/codeseeder.js', import.meta.url));

/** What `codeseeder local up NAME --json` prints. */
export interface PlaceDescription {
  readonly endpoint: string;
  readonly account: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface StartedPlace extends PlaceDescription {
  readonly process: ChildProcess;
}

/**
 * Starts a local place as a user would, in a process of its own.
 *
 * @param logFile takes what the place says, for one that stays up when its starter is gone
 */
export async function startPlace(
  seedkit: string,
  dataFolder: string,
  logFile?: string,
): Promise<StartedPlace> {
  const log = logFile === undefined ? undefined : await open(logFile, 'a');
  const child = spawn(
    process.execPath,
    [COMMAND_LINE, 'local', 'up', seedkit, '--data', dataFolder, '--json'],
    {
      stdio: ['ignore', 'pipe', log?.fd ?? 'inherit'],
      // Ctrl-C reaches the demo first, which then ends the place.
      detached: true,
    },
  );
  await log?.close();
  let printed = '';
  child.stdout?.setEncoding('utf8');
  for await (const text of child.stdout ?? []) {
    printed += String(text);
    const description = parseWhole(printed);
    if (description !== undefined) return { ...description, process: child };
  }
  throw new Error(`The local place ended before it was up; see ${logFile ?? 'above'} for why.`);
}

/** Lets go of the place, which stays up after this process. */
export function leavePlace(place: StartedPlace): void {
  place.process.stdout?.destroy();
  place.process.unref();
}

export async function endPlace(place: StartedPlace): Promise<void> {
  if (place.process.exitCode !== null) return;
  const exited = once(place.process, 'exit');
  place.process.kill('SIGTERM');
  await exited;
}

function parseWhole(text: string): PlaceDescription | undefined {
  try {
    return JSON.parse(text) as PlaceDescription;
  } catch {
    return undefined;
  }
}
