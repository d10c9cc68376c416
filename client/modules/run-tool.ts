import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { CodeseederError } from '../../lib/contract/index.js';

/** Options of {@link runTool}. */
export interface ToolRun {
  readonly workingFolder: string;
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** Receives each line of the tool's output. */
  readonly onLine?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Secret that is replaced by `***` in the tool's output. */
  readonly secret?: string | undefined;
}

/** Number of the last lines of output that are part of a failure's message. */
const OUTPUT_LINES = 20;

/**
 * Runs a tool that is installed on this machine.
 *
 * @param purpose start of the message if it fails, such as `Packing my-package`
 * @throws CodeseederError `ModuleNotPublished` with the last lines of the tool's output
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
    signal,
  });
  const lines: string[] = [];
  const keep = (raw: string) => {
    const line = secret === undefined ? raw : raw.replaceAll(secret, '***');
    lines.push(line);
    if (lines.length > OUTPUT_LINES) lines.shift();
    onLine?.(line);
  };
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', keep);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw failed(`${purpose}: ${command} cannot be run: ${String(cause)}`, cause);
  });
  if (exitCode !== 0)
    throw failed([`${purpose}: ${command} ended with exit code ${exitCode}`, ...lines].join('\n'));
}

function failed(message: string, cause?: unknown): CodeseederError {
  return new CodeseederError('ModuleNotPublished', message, cause === undefined ? {} : { cause });
}
