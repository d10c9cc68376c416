import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { promisify } from 'node:util';

import { createMarkerScanner } from './marker-scanner.js';
import { endBuildProcesses } from './process-group.js';
import { shellProgram } from './shell-program.js';

/** One bash for all commands of a build, in a process group of its own. */
export interface Shell {
  readonly groupId: number;
  /** @returns the command's exit status, once all its output was handed on. @throws Error when the shell is gone */
  run(command: string): Promise<number>;
  /** Ends every process of the build and hands on the last output. */
  end(graceMs: number): Promise<void>;
}

export interface ShellOptions {
  readonly buildId: string;
  /** Folder of the shell's own files; is made. */
  readonly stateFolder: string;
  readonly directory: string;
  /** All that the commands see of an environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Output and errors in the order they were written; a promise holds further output back. */
  onOutput(bytes: Buffer): Promise<void> | undefined;
}

/** How long output that is under way is waited for once the processes are gone. */
const LAST_OUTPUT_MS = 1_000;

export async function startShell(options: ShellOptions): Promise<Shell> {
  const marker = randomBytes(16).toString('hex');
  const { stateFolder } = options;
  const program = shellProgram(stateFolder, marker);
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  await writeFile(join(stateFolder, 'leader.sh'), program.leader);
  await writeFile(join(stateFolder, 'worker.sh'), program.worker);

  let running: { resolve(status: number): void; reject(error: Error): void } | undefined;
  const output = await openOutput(join(stateFolder, 'output'));
  const scan = createMarkerScanner(marker, {
    output(bytes) {
      const held = options.onOutput(bytes);
      if (held === undefined) return;
      output.socket.pause();
      void held.finally(() => output.socket.resume());
    },
    status(status) {
      const waiting = running;
      running = undefined;
      waiting?.resolve(status);
    },
  });
  output.socket.on('data', scan);

  const leader = spawn('bash', ['--noprofile', '--norc', join(stateFolder, 'leader.sh')], {
    cwd: options.directory,
    env: { ...options.environment },
    detached: true,
    stdio: ['ignore', output.writeEnd, output.writeEnd, 'pipe'],
  });
  closeSync(output.writeEnd);
  let isGone = false;
  const gone = new Promise<void>((resolve) => {
    const leave = (): void => {
      isGone = true;
      running?.reject(new Error("the build's shell ended"));
      running = undefined;
      resolve();
    };
    leader.once('exit', leave);
    leader.once('error', leave);
  });
  const commands = leader.stdio[3] as Writable;
  commands.on('error', () => undefined);
  const groupId = leader.pid;
  if (groupId === undefined) {
    output.socket.destroy();
    throw new Error('bash cannot be started: the local place needs it in PATH');
  }

  let ending: Promise<void> | undefined;
  async function endAll(graceMs: number): Promise<void> {
    await endBuildProcesses(groupId ?? 0, options.buildId, graceMs);
    await gone;
    let readBytes = -1;
    const timer = setInterval(() => {
      const isStill = output.socket.bytesRead === readBytes && !output.socket.isPaused();
      // Held open by a process that escaped: there is nothing more to wait for.
      if (isStill) output.socket.destroy();
      readBytes = output.socket.bytesRead;
    }, LAST_OUTPUT_MS);
    await output.closed;
    clearInterval(timer);
  }
  return {
    groupId,
    run(command) {
      return new Promise((resolve, reject) => {
        if (isGone) return reject(new Error("the build's shell ended"));
        running = { resolve, reject };
        commands.write(`${command.replaceAll('\0', '')}\0`);
      });
    },
    end(graceMs) {
      ending ??= endAll(graceMs);
      return ending;
    },
  };
}

/**
 * A named pipe, because Node's own pipes are sockets, and a socket cannot be opened by name: `> /dev/stderr` in
 * a command would fail.
 */
async function openOutput(
  path: string,
): Promise<{ socket: Socket; writeEnd: number; closed: Promise<void> }> {
  await promisify(execFile)('mkfifo', ['-m', '600', path]);
  // The reading end does not block: then Node waits for it without a thread of its own.
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY);
  const socket = new Socket({ fd: readEnd, readable: true, writable: false });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => socket.destroy());
  return { socket, writeEnd, closed };
}
