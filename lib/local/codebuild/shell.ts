import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

import { createMarkerScanner } from './marker-scanner.js';
import type { ShellStart } from './build-isolation.js';
import type { NamedPipes } from './named-pipes.js';
import { endBuildProcesses, endNamespace } from './process-group.js';
import { shellProgram } from './shell-program.js';

/**
 * The bash process that runs all commands of a build, in its own process group and, if the system allows it,
 * namespaces.
 */
export interface Shell {
  /**
   * Process id of the leader, which is also the id of its process group. When the leader ends, the kernel ends the
   * namespaces.
   */
  readonly groupId: number;
  /**
   * Runs a command. Resolves to its exit status once all its output was passed to `onOutput`.
   * @throws Error when the shell has ended
   */
  run(command: string): Promise<number>;
  /** Ends all processes of the build, and passes their last output to `onOutput`. */
  end(graceMs: number): Promise<void>;
}

export interface ShellOptions {
  readonly buildId: string;
  /** Folder for the shell's own files. It is created. */
  readonly stateFolder: string;
  readonly directory: string;
  /** The complete environment of the commands. */
  readonly environment: Readonly<Record<string, string>>;
  readonly start: ShellStart;
  readonly pipes: NamedPipes;
  /** Bash program that starts beside the commands. @default none */
  readonly agent?: string | undefined;
  /**
   * Receives output and errors in the order in which they were written. Further output waits for a returned promise.
   */
  onOutput(bytes: Buffer): Promise<void> | undefined;
}

/** After all processes have ended, the output counts as complete if nothing arrives for this time. */
const LAST_OUTPUT_MS = 1_000;

/**
 * Starts the shell of a build.
 * @throws Error when bash cannot be started, or its namespaces cannot be created
 */
export async function startShell(options: ShellOptions): Promise<Shell> {
  const marker = randomBytes(16).toString('hex');
  mkdirSync(options.stateFolder, { recursive: true, mode: 0o700 });
  const command = options.start.command(
    shellProgram(options.stateFolder, marker, options.agent),
    options.directory,
  );
  const output = await openOutput(options.pipes, join(options.stateFolder, 'output'));
  const commands = new RunningCommand();
  output.socket.on('data', scanOutput(options, output, marker, commands));
  const leader = startLeader(options, command, output);
  const gone = leader.gone.then(() => commands.shellEnded());
  const groupId = await leader.groupId;
  if (groupId === undefined) {
    await gone;
    await readLastOutput(output);
    throw new Error(
      options.start.isInNamespaces
        ? `The namespaces of the build cannot be created: ${leader.problem() || 'unshare cannot be started'}. Start the local AWS with \`--build-isolation none\` to run builds without namespaces.`
        : 'bash cannot be started. The local AWS needs it in PATH.',
    );
  }

  let ending: Promise<void> | undefined;
  async function endAll(id: number, graceMs: number): Promise<void> {
    if (!options.start.isInNamespaces) await endBuildProcesses(id, options.buildId, graceMs);
    // If the first process has ended, another process may have its id now.
    else if (!leader.isGone()) await endNamespace(id, graceMs);
    await gone;
    await readLastOutput(output);
  }
  return {
    groupId,
    run: (text) => commands.begin(() => leader.input.write(`${text.replaceAll('\0', '')}\0`)),
    end(graceMs) {
      ending ??= endAll(groupId, graceMs);
      return ending;
    },
  };
}

/** The bash process that runs as long as the build. */
interface Leader {
  /** Pipe to which commands are written. */
  readonly input: Writable;
  /** Resolves to the id of the build's process group, or to undefined if its processes cannot be started. */
  readonly groupId: Promise<number | undefined>;
  readonly gone: Promise<void>;
  isGone(): boolean;
  /** Returns the error output of the programs that create the namespaces. */
  problem(): string;
}

function startLeader(
  { directory, environment, start }: ShellOptions,
  [file, ...args]: readonly [string, ...string[]],
  { writeEnd }: Output,
): Leader {
  const leader = spawn(file, args, {
    cwd: directory,
    env: { ...environment },
    detached: true,
    stdio: start.isInNamespaces
      ? ['ignore', writeEnd, 'pipe', 'pipe', 'pipe']
      : ['ignore', writeEnd, writeEnd, 'pipe'],
  });
  closeSync(writeEnd);
  let isGone = false;
  const gone = new Promise<void>((resolve) => {
    leader.once('exit', () => resolve());
    leader.once('error', () => resolve());
  });
  void gone.then(() => (isGone = true));
  let problem = '';
  leader.stderr?.on('data', (bytes: Buffer) => (problem += bytes.toString('utf8')));
  const input = leader.stdio[3] as Writable;
  input.on('error', () => undefined);
  return {
    input,
    groupId: start.isInNamespaces ? readNumber(leader.stdio[4] as Readable) : Promise.resolve(leader.pid),
    gone,
    isGone: () => isGone,
    problem: () => problem.trim(),
  };
}

/** Reads the number on the first line; undefined if there is none. */
function readNumber(from: Readable): Promise<number | undefined> {
  return new Promise((resolve) => {
    let text = '';
    from.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('\n')) from.destroy();
    });
    from.on('error', () => undefined);
    from.once('close', () => resolve(text === '' ? undefined : Number.parseInt(text, 10)));
  });
}

/** The command that the shell runs. */
class RunningCommand {
  #running: { resolve(status: number): void; reject(error: Error): void } | undefined;
  #hasShell = true;

  /** Runs a command. @returns its exit status. @throws Error when the shell has ended */
  begin(write: () => void): Promise<number> {
    return new Promise((resolve, reject) => {
      if (!this.#hasShell) return reject(shellEnded());
      this.#running = { resolve, reject };
      write();
    });
  }

  ended(status: number): void {
    const running = this.#running;
    this.#running = undefined;
    running?.resolve(status);
  }

  shellEnded(): void {
    this.#hasShell = false;
    this.#running?.reject(shellEnded());
    this.#running = undefined;
  }
}

function shellEnded(): Error {
  return new Error("the build's shell ended");
}

function scanOutput(options: ShellOptions, output: Output, marker: string, commands: RunningCommand) {
  return createMarkerScanner(marker, {
    output(bytes) {
      const written = options.onOutput(bytes);
      if (written === undefined) return;
      output.socket.pause();
      void written.finally(() => output.socket.resume());
    },
    status: (status) => commands.ended(status),
  });
}

/** Reads the output that remains after the processes have ended. */
async function readLastOutput({ socket, closed }: Output): Promise<void> {
  let readBytes = -1;
  const timer = setInterval(() => {
    // Stops reading if there is no new output. A process that left the group may keep the pipe open for longer.
    if (socket.bytesRead === readBytes && !socket.isPaused()) socket.destroy();
    readBytes = socket.bytesRead;
  }, LAST_OUTPUT_MS);
  await closed;
  clearInterval(timer);
}

interface Output {
  readonly socket: Socket;
  readonly writeEnd: number;
  /** Resolves when all output is read. */
  readonly closed: Promise<void>;
}

/**
 * Opens a named pipe for the output. The pipes that Node.js creates are sockets, which cannot be opened by name, so
 * `> /dev/stderr` in a command would fail.
 */
async function openOutput(pipes: NamedPipes, path: string): Promise<Output> {
  await pipes.make(path);
  // Opens the pipe's reading end in non-blocking mode, so that waiting for output occupies no thread of Node.js.
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY);
  const socket = new Socket({ fd: readEnd, readable: true, writable: false });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => socket.destroy());
  return { socket, writeEnd, closed };
}
