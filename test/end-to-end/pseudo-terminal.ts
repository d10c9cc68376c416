import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { COMMAND_LINE, PROJECT, type Variables } from './command-line-process.js';

/** A process on a pseudo-terminal of its own. */
export interface OnTerminal {
  /** Returns the output of the terminal so far. */
  shown(): string;
  /** Waits until the terminal has shown a text `times` times. @default 1 */
  shows(text: string, times?: number): Promise<void>;
  /** Types keys. `\x03` is Ctrl-C. */
  type(keys: string): void;
  /** Closes the terminal, as when a user closes its window. */
  hangUp(): void;
  readonly ended: Promise<number | null>;
}

/**
 * Python program that runs a command on a pseudo-terminal. It copies data between that terminal and its own stdin and
 * stdout.
 */
const COPY = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])) & 255)';

/** Command that sets the size of the terminal and then executes its arguments. */
const SIZED = ['sh', '-c', 'stty cols 120 rows 40; exec "$@"', 'sh'];

/** Terminals that are still open. */
const open = new Set<ChildProcess>();

/** Closes all terminals that are still open, such as those of a test that failed. Without this, Jest does not exit. */
export function closeTerminals(): void {
  for (const child of open) child.kill('SIGKILL');
}

/** Starts `codeseeder` on a pseudo-terminal. Call {@link closeTerminals} at the end. */
export function codeseederOnTerminal(args: readonly string[], variables: Variables = {}): OnTerminal {
  return onTerminal(process.execPath, [COMMAND_LINE, ...args], variables, PROJECT);
}

/** Starts a program on a pseudo-terminal. */
export function onTerminal(
  command: string,
  args: readonly string[],
  variables: Variables,
  folder: string,
): OnTerminal {
  const child = spawn('python3', ['-c', COPY, ...SIZED, command, ...args], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: undefined, CI: undefined, ...variables },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
  open.add(child);
  const ended = once(child, 'close').then(([exitCode]) => {
    open.delete(child);
    return exitCode as number | null;
  });
  return {
    shown: () => shown,
    async shows(text, times = 1) {
      while (shown.split(text).length <= times) {
        if (child.exitCode !== null) throw new Error(`ended without showing ${text}:\n${shown}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    type: (keys) => void child.stdin.write(keys),
    hangUp: () => void child.kill('SIGKILL'),
    ended,
  };
}
