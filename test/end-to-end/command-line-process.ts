import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable } from 'node:stream';

export const PROJECT = path.resolve(import.meta.dirname, '../..');

/** The built command line. */
export const COMMAND_LINE = path.join(PROJECT, 'dist/bin/codeseeder.js');

/** Where all tests find the assembly that the first of them synthesized. */
export const CACHE = path.join(PROJECT, 'node_modules/.cache/codeseeder-test');

/** How a process ended, and all it said. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that goes on. */
export interface Running {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** Its standard output so far. */
  printed(): string;
  /** Waits until its two streams together say this. */
  said(text: string): Promise<void>;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/** Starts a process with a plain Node and with variables beside those of this one; undefined takes one away. */
export function start(
  command: string,
  args: readonly string[],
  variables: Variables = {},
  folder = PROJECT,
): Running {
  const plain = { NODE_OPTIONS: undefined, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: undefined };
  const child = spawn(command, [...args], {
    cwd: folder,
    env: { ...process.env, ...plain, XDG_CACHE_HOME: CACHE, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(([exitCode]) => ({
    exitCode: exitCode as number | null,
    ...output,
  }));
  return {
    process: child,
    ended,
    printed: () => output.stdout,
    async said(text) {
      while (!`${output.stdout}\n${output.stderr}`.includes(text)) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`ended without saying ${text}:\n${output.stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
  };
}

/** Runs `codeseeder` to its end. */
export function codeseeder(args: readonly string[], variables: Variables = {}): Promise<Ended> {
  return start(process.execPath, [COMMAND_LINE, ...args], variables).ended;
}
