import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable } from 'node:stream';

import { holdToShape } from '../command-output.js';

export const PROJECT = path.resolve(import.meta.dirname, '../..');

/** Path of the built command line. */
export const COMMAND_LINE = path.join(PROJECT, 'dist/bin/codeseeder.js');

/** Cache folder that all tests share, so that only the first one synthesizes an assembly. */
export const CACHE = path.join(PROJECT, 'node_modules/.cache/codeseeder-test');

/** Exit code and output of a process that has ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running process. */
export interface Running {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** Returns its standard output so far. */
  printed(): string;
  /** Waits until stdout or stderr contains a text. */
  untilPrinted(text: string): Promise<void>;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Starts a process without Jest's Node.js options. `variables` are added to the environment; undefined removes a
 * variable. What the built command line prints with `--json` or `--ndjson` must have its published shape.
 */
export function start(
  command: string,
  args: readonly string[],
  variables: Variables = {},
  folder = PROJECT,
): Running {
  const plain = {
    NODE_OPTIONS: undefined,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: undefined,
    // `nohup` sets this variable. If it is set, codeseeder continues after its parent has ended.
    _: undefined,
  };
  const child = spawn(command, [...args], {
    cwd: folder,
    env: { ...process.env, ...plain, XDG_CACHE_HOME: CACHE, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(([exitCode]) => {
    const end = { exitCode: exitCode as number | null, ...output };
    if (args[0] === COMMAND_LINE) holdToShape(args.slice(1), end);
    return end;
  });
  return {
    process: child,
    ended,
    printed: () => output.stdout,
    async untilPrinted(text) {
      while (!`${output.stdout}\n${output.stderr}`.includes(text)) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`ended without printing ${text}:\n${output.stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
  };
}

/** Runs `codeseeder` and waits until it exits. */
export function codeseeder(args: readonly string[], variables: Variables = {}): Promise<Ended> {
  return start(process.execPath, [COMMAND_LINE, ...args], variables).ended;
}
