import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const COMMAND_LINE = fileURLToPath(new URL('../../dist/bin/codeseeder.js', import.meta.url));

/** Output of `codeseeder local up NAME --json`. */
export interface LocalAwsDescription {
  readonly endpoint: string;
  readonly account: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** A local AWS in a process of its own. */
export interface StartedLocalAws extends LocalAwsDescription {
  readonly process: ChildProcess;
}

/**
 * Starts a local AWS with the command line, in a process of its own.
 *
 * @param logFile file for its messages, if it stays up after the demo
 */
export async function startLocalAws(
  seedkit: string,
  dataFolder: string,
  logFile?: string,
): Promise<StartedLocalAws> {
  const log = logFile === undefined ? undefined : await open(logFile, 'a');
  // The console is of use only if the local AWS stays up.
  const consoleFlags = logFile === undefined ? ['--no-console'] : [];
  const child = spawn(
    process.execPath,
    [COMMAND_LINE, 'local', 'up', seedkit, '--data', dataFolder, '--json', ...consoleFlags],
    {
      stdio: ['ignore', 'pipe', log?.fd ?? 'inherit'],
      // Ctrl-C reaches only the demo, which then stops the local AWS.
      detached: true,
    },
  );
  await log?.close();
  let printed = '';
  child.stdout?.setEncoding('utf8');
  for await (const text of child.stdout ?? []) {
    printed += String(text);
    const description = parseComplete(printed);
    if (description !== undefined) return { ...description, process: child };
  }
  throw new Error(`The local AWS ended before it was up. See ${logFile ?? 'the messages above'}.`);
}

/** Detaches from the local AWS, which stays up after this process. */
export function detachLocalAws(localAws: StartedLocalAws): void {
  localAws.process.stdout?.destroy();
  localAws.process.unref();
}

/** Stops the local AWS and waits for its end. */
export async function stopLocalAws(localAws: StartedLocalAws): Promise<void> {
  if (localAws.process.exitCode !== null) return;
  const exited = once(localAws.process, 'exit');
  localAws.process.kill('SIGTERM');
  await exited;
}

function parseComplete(text: string): LocalAwsDescription | undefined {
  try {
    return JSON.parse(text) as LocalAwsDescription;
  } catch {
    return undefined;
  }
}
