import { spawn } from 'node:child_process';
import { once } from 'node:events';

import type { RunDebugSession } from '../../seedkit-types.js';
import { EXIT_CODES, UsageError } from '../exit-code.js';
import { tellOn } from '../ids/find-named.js';
import { findRunId } from '../ids/find-run.js';
import { openSeedkit } from '../open-seedkit.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { printLine, type Terminal } from '../terminal.js';

const INSTALL_CLI = 'https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html';
const INSTALL_PLUGIN =
  'https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html';

/**
 * Opens a shell in the build of a run, and waits until the user leaves it.
 * @returns the exit code of this command, which does not depend on that of the shell
 */
export async function openShell(named: string, options: SeedkitOption, terminal: Terminal): Promise<number> {
  const kit = openSeedkit(options);
  const id = await findRunId(named, kit, tellOn(terminal));
  const session = await kit.runs.debugSession(id);
  const { isLocalTarget, openDebugShell } = await import('../../../lib/local/codebuild/open-debug-shell.js');
  if (!isLocalTarget(session.target)) return startSession(session, options, terminal);
  const { stdin: input, stdout: output, interrupted: signal } = terminal;
  const { columns = 80, rows = 24 } = output;
  const isOnTerminal = input.isTTY === true && output.isTTY === true;
  const size = isOnTerminal ? { columns, rows } : undefined;
  const isLeft = await openDebugShell(session.target, { input, output, size, signal });
  if (!isLeft) printLine(terminal.stderr, `The build of the run ${id} has ended.`);
  return EXIT_CODES.passed;
}

/**
 * Opens the shell with the AWS CLI, which starts the plugin of Session Manager.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/session-manager.html#ssm-connect
 */
async function startSession(
  { target, region }: RunDebugSession,
  { profile }: SeedkitOption,
  terminal: Terminal,
): Promise<number> {
  const args = ['ssm', 'start-session', '--target', target, '--region', region];
  if (profile !== undefined) args.push('--profile', profile);
  // Ctrl-C is for the command in the shell, which the plugin passes it to.
  const giveSignals = terminal.takeSignals(() => undefined);
  try {
    const child = spawn('aws', args, { stdio: 'inherit', env: { ...terminal.environment } });
    const [exitCode] = (await once(child, 'close')) as [number | null];
    if (exitCode === 0) return EXIT_CODES.passed;
    printLine(
      terminal.stderr,
      `\`aws ${args.join(' ')}\` ended with ${exitCode}. It needs the Session Manager plugin (${INSTALL_PLUGIN}) and the rights of the output DebuggerPolicyArn.`,
    );
    return EXIT_CODES.controlPlane;
  } catch (cause) {
    throw new UsageError(
      `The AWS CLI cannot be started: ${String(cause)}. Install it (${INSTALL_CLI}) and the Session Manager plugin (${INSTALL_PLUGIN}).`,
      { cause },
    );
  } finally {
    giveSignals();
  }
}
