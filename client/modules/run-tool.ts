import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { CodeseederError } from '../../lib/contract/index.js';

export interface ToolRun {
  readonly workingFolder: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Takes each line of its output as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What must not be told again, even if the tool says it. */
  readonly secret?: string;
}

/** Lines of its output that the message of a failure ends with. */
const LINES_TOLD = 20;

/**
 * Runs a tool of the user's own to its end.
 *
 * @param purpose what it is for, as the start of the message
 * @throws CodeseederError `ModuleNotPublished` with the end of what it said
 */
export async function runTool(
  purpose: string,
  command: string,
  args: readonly string[],
  { workingFolder, environment = process.env, onLine, signal, secret }: ToolRun,
): Promise<void> {
  const child = spawn(command, [...args], {
    cwd: workingFolder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  const lines: string[] = [];
  const keep = (raw: string) => {
    const line = secret === undefined ? raw : raw.replaceAll(secret, '***');
    lines.push(line);
    if (lines.length > LINES_TOLD) lines.shift();
    onLine?.(line);
  };
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', keep);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw failed(`${purpose}: ${command} cannot be run: ${String(cause)}`, cause);
  });
  if (exitCode !== 0) throw failed([`${purpose}: ${command} ended with ${exitCode}`, ...lines].join('\n'));
}

function failed(message: string, cause?: unknown): CodeseederError {
  return new CodeseederError('ModuleNotPublished', message, cause === undefined ? {} : { cause });
}
