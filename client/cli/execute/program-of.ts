import { access } from 'node:fs/promises';
import path from 'node:path';

import { BUILD_PATHS, BUNDLE_PATHS, type Invocation } from '../../../lib/contract/index.js';
import { UsageError } from '../exit-code.js';

/** A program that runs an invocation. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Whether the program writes a value. */
  readonly hasValue: boolean;
}

/**
 * Returns the program with which a build runs an invocation. For a function, it is part of the bundle.
 *
 * @throws UsageError if the folder is not an unpacked bundle with this program
 */
export async function programOf(invocation: Invocation, folder: string): Promise<Program> {
  if (invocation.kind === 'commands') {
    // One shell runs all commands and exits after the first one that fails, as in a build.
    const script = invocation.target.map((command) => `${command}\n[ $? -eq 0 ] || exit 1`).join('\n');
    return { command: 'bash', args: ['--noprofile', '--norc', '-c', script], hasValue: false };
  }
  const isNode = invocation.kind === 'node';
  const runner = path.join(folder, isNode ? BUNDLE_PATHS.nodeRunner : BUNDLE_PATHS.pythonRunner);
  if (!(await exists(runner))) {
    throw new UsageError(
      `There is no ${runner}. Change to the folder of an unpacked bundle that was packed for a ${invocation.kind} function.`,
    );
  }
  if (isNode) return { command: process.execPath, args: ['--enable-source-maps', runner], hasValue: true };
  const installed = path.join(folder, BUILD_PATHS.pythonEnvironment, 'bin', 'python');
  const command = (await exists(installed)) ? installed : 'python3';
  return { command, args: [runner], hasValue: true };
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
