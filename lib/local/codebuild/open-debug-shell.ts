/** Opens a shell in a build of a local AWS on this machine, through the pipes of the build's session. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  createWriteStream,
  existsSync,
  openSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { LocalAwsError } from '../local-aws-error.js';
import { LOCAL_TARGET, SESSION_FILES } from './debug-session.js';
import { quote } from './shell-program.js';

/** The streams of a shell. */
export interface ShellStreams {
  readonly input: Readable & { isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly output: Writable;
  /** Size of the user's terminal. Without it, the shell has no terminal. */
  readonly size: { readonly columns: number; readonly rows: number } | undefined;
  readonly signal: AbortSignal;
}

/** Interval between checks of the session: whether it accepts requests, has ended, or has more output. */
const LOOK_MS = 200;

/** Returns whether the target of a session names a build of a local AWS. */
export function isLocalTarget(target: string): boolean {
  return target.startsWith(LOCAL_TARGET);
}

/**
 * Opens a shell in a build, and copies its input and output until it ends.
 * @returns whether the shell ended by itself; false if the build ended first
 * @throws LocalAwsError `SessionNotReachable` if the build runs on another machine or as another user, or has ended;
 *   the signal's reason when it aborts
 */
export async function openDebugShell(target: string, streams: ShellStreams): Promise<boolean> {
  const session = target.slice(LOCAL_TARGET.length);
  const shell = await makeShell(session, streams);
  try {
    await request(session, shell.name, streams.signal);
    const isStarted = await started(session, shell, streams.signal);
    return isStarted && (await copy(shell, streams));
  } finally {
    shell.close();
    await rm(shell.folder, { recursive: true, force: true });
  }
}

/** The pipes of a shell. This process holds both ends until the shell has opened its own. */
interface ShellPipes {
  readonly name: string;
  readonly folder: string;
  readonly input: string;
  readonly output: Socket;
  /** Has a line when the shell starts, and another one when it has ended. */
  readonly state: Socket;
  /** Returns the lines that the shell has written to the state so far. */
  reported(): string;
  /** Closes this process's ends for writing, so that the end of the shell ends its output. */
  letGo(): void;
  close(): void;
}

async function makeShell(session: string, { size }: ShellStreams): Promise<ShellPipes> {
  const name = randomUUID();
  const folder = join(session, name);
  const [input, output, state] = ['in', 'out', 'state'].map((file) => join(folder, file)) as [
    string,
    string,
    string,
  ];
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    throw notReachable(session, error);
  }
  await promisify(execFile)('mkfifo', ['-m', '600', input, output, state]);
  writeFileSync(join(folder, SESSION_FILES.start), startProgram({ input, output, state }, size));
  const held = [openSync(input, constants.O_RDWR)];
  const reading = [output, state].map((path) => {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    held.push(openSync(path, constants.O_WRONLY));
    const socket = new Socket({ fd, readable: true, writable: false });
    socket.on('error', () => socket.destroy());
    return socket;
  }) as [Socket, Socket];
  const [read, states] = reading;
  let reported = '';
  states.on('data', (bytes: Buffer) => (reported += bytes.toString('utf8')));
  const letGo = () => held.splice(0).forEach((fd) => closeSync(fd));
  return {
    name,
    folder,
    input,
    output: read,
    state: states,
    reported: () => reported,
    letGo,
    close() {
      letGo();
      for (const socket of reading) socket.destroy();
    },
  };
}

/** Returns the bash program of a shell, which starts in the folder and with the environment of the build's commands. */
function startProgram(
  { input, output, state }: { readonly input: string; readonly output: string; readonly state: string },
  size: ShellStreams['size'],
): string {
  const shell = size === undefined ? '"$BASH" --noprofile --norc' : onTerminal(size);
  return `exec 8>${quote(state)} 7<${quote(input)} 6>${quote(output)}
source "$1"/environment
IFS= read -r -d '' __codebuild_directory <"$1"/directory || :
cd -- "\${__codebuild_directory%$'\\n'}"
unset __codebuild_directory
echo started >&8
${shell} <&7 >&6 2>&1 6>&- 7<&- 8>&-
echo ended >&8
`;
}

/** Returns the bash code that runs an interactive bash on a terminal, which `script` of util-linux or macOS creates. */
function onTerminal({ columns, rows }: { readonly columns: number; readonly rows: number }): string {
  const bash = `stty cols ${Math.trunc(columns)} rows ${Math.trunc(rows)} 2>/dev/null; exec env PS1='build:\\W\\$ ' "$BASH" --noprofile --norc -i`;
  return `export BASH TERM="\${TERM:-xterm-256color}"
__codebuild_shell() {
  if script --version 2>/dev/null | grep -q util-linux; then script -qefc ${quote(bash)} /dev/null
  elif command -v script >/dev/null; then script -q /dev/null "$BASH" -c ${quote(bash)}
  else "$BASH" --noprofile --norc -i
  fi
}
__codebuild_shell`;
}

/**
 * Asks the agent in the build to start the shell. The session is visible before the agent reads requests, so this waits
 * until the agent reads them.
 * @throws LocalAwsError `SessionNotReachable` when the build has ended and its session was removed
 */
async function request(session: string, name: string, signal: AbortSignal): Promise<void> {
  while (!wasRequested(session, name)) {
    await sleep(LOOK_MS);
    signal.throwIfAborted();
  }
}

/** Writes a request. @returns false if nothing reads requests yet */
function wasRequested(session: string, name: string): boolean {
  try {
    const fd = openSync(join(session, SESSION_FILES.request), constants.O_WRONLY | constants.O_NONBLOCK);
    writeSync(fd, `${name}\n`);
    closeSync(fd);
    return true;
  } catch (error) {
    // A pipe without a reader.
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return false;
    throw notReachable(session, error);
  }
}

/** Waits until the shell has started. @returns false if the build ends before */
async function started(session: string, shell: ShellPipes, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const look = setInterval(() => existsSync(session) || settle(() => resolve(false)), LOOK_MS);
    const abort = () => settle(() => reject(signal.reason as Error));
    const settle = (then: () => void) => {
      clearInterval(look);
      signal.removeEventListener('abort', abort);
      then();
    };
    signal.addEventListener('abort', abort);
    const begin = () => settle(() => resolve(true));
    if (shell.reported() === '') shell.state.once('data', begin);
    else begin();
  });
}

async function copy(shell: ShellPipes, { input, output, size, signal }: ShellStreams): Promise<boolean> {
  const toShell = createWriteStream(shell.input, { flags: 'w' });
  toShell.on('error', () => undefined);
  const opened = new Promise<void>((resolve) => void toShell.once('open', () => resolve()));
  await opened;
  // The shell has opened its ends of the pipes. Once this process closes its own, the pipes end with the shell.
  shell.letGo();
  const abort = () => shell.close();
  signal.addEventListener('abort', abort, { once: true });
  const isRaw = size !== undefined && input.isTTY === true;
  if (isRaw) input.setRawMode?.(true);
  shell.output.on('data', (bytes: Buffer) => {
    if (output.write(bytes)) return;
    shell.output.pause();
    output.once('drain', () => shell.output.resume());
  });
  input.pipe(toShell);
  try {
    await closed(shell.state);
    await readRest(shell.output);
    signal.throwIfAborted();
    return shell.reported().includes('ended');
  } finally {
    if (isRaw) input.setRawMode?.(false);
    signal.removeEventListener('abort', abort);
    input.unpipe(toShell);
    input.pause();
    toShell.destroy();
  }
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.destroyed) await new Promise<void>((resolve) => void socket.once('close', () => resolve()));
}

/** Reads output until there is no more. A process that the shell left in the background may keep the pipe open. */
async function readRest(output: Socket): Promise<void> {
  let readBytes = -1;
  const timer = setInterval(() => {
    if (output.bytesRead === readBytes && !output.isPaused()) output.destroy();
    readBytes = output.bytesRead;
  }, LOOK_MS);
  await closed(output);
  clearInterval(timer);
}

function notReachable(session: string, cause: unknown): LocalAwsError {
  return new LocalAwsError(
    'SessionNotReachable',
    `The build cannot be reached through ${session}. It has ended, or runs on another machine or as another user than this command.`,
    { cause },
  );
}
