import { type ChildProcess, fork } from 'node:child_process';
import type { Readable } from 'node:stream';

import type { FunctionFault, InvokeMessage, WorkerMessage } from './worker-messages.js';
import { readWorkerOutput } from './worker-output.js';

export type WorkerOutcome =
  | { readonly kind: 'answered'; readonly payload: string; readonly maxMemoryMb: number }
  | {
      readonly kind: 'failed';
      readonly fault: FunctionFault;
      readonly maxMemoryMb?: number;
      /** Whether the process cannot be used again. */
      readonly fatal: boolean;
    }
  | { readonly kind: 'timedOut' }
  /** The process ended before it responded. The reason is Lambda's text for the way in which it ended. */
  | { readonly kind: 'exited'; readonly reason: string };

export interface WorkerOptions {
  readonly programFile: string;
  readonly codeFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly initTimeoutMs: number;
  readonly onLine: (line: string) => void;
}

/** A process that has loaded one handler and runs one invocation at a time. */
export type WorkerProcess = ReturnType<typeof startWorkerProcess>;

export function startWorkerProcess(options: WorkerOptions) {
  const child = fork(options.programFile, [], {
    cwd: options.codeFolder,
    env: options.environment,
    execArgv: [`--max-old-space-size=${options.memoryMb}`],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    // The worker has its own process group, so that processes that a handler starts can be killed with it.
    detached: true,
  });
  const output = readWorkerOutput([child.stdout, child.stderr] as Readable[], options.onLine);
  const exit = watchExit(child);
  const ended = exit.then(() => undefined);
  return {
    /**
     * Resolves to the milliseconds that loading the handler took. If loading failed, resolves to the outcome that
     * every invocation then has.
     */
    ready: waitUntilReady(child, exit, options.initTimeoutMs),
    /** Resolves when the process and all processes that it started have ended. */
    ended,
    invoke: (message: InvokeMessage, timeoutMs: number): Promise<WorkerOutcome> => {
      const outputEnd = output.invocationEnd(message.requestId);
      const answer = nextMessage(child).then(async (received) => {
        await Promise.race([outputEnd, ended]);
        return outcomeOf(received);
      });
      child.send(message, () => undefined);
      return firstOutcome(child, answer, exit, timeoutMs);
    },
    stop: () => {
      killGroup(child);
      return ended;
    },
  };
}

async function waitUntilReady(
  child: ChildProcess,
  exit: Promise<string>,
  timeoutMs: number,
): Promise<number | WorkerOutcome> {
  const startedAt = performance.now();
  const first = nextMessage(child).then((message) =>
    message.type === 'ready' ? performance.now() - startedAt : outcomeOf(message),
  );
  return firstOutcome(child, first, exit, timeoutMs);
}

/**
 * Returns the first of these outcomes: the response, the end of the process, or the timeout. After the timeout, kills
 * the process.
 */
async function firstOutcome<T>(
  child: ChildProcess,
  answer: Promise<T>,
  exit: Promise<string>,
  timeoutMs: number,
): Promise<T | WorkerOutcome> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<WorkerOutcome>((resolve) => {
    timer = setTimeout(() => {
      killGroup(child);
      void exit.then(() => resolve({ kind: 'timedOut' }));
    }, timeoutMs);
  });
  let timedOut = false;
  void timeout.then(() => (timedOut = true));
  const exited = exit.then(async (reason): Promise<WorkerOutcome> => {
    // If the process sent a message just before it ended, the message has been received, but its listeners run only
    // in the next turn of the event loop.
    await new Promise(setImmediate);
    return timedOut ? { kind: 'timedOut' } : { kind: 'exited', reason };
  });
  try {
    return await Promise.race([answer, timeout, exited]);
  } finally {
    clearTimeout(timer);
  }
}

function outcomeOf(message: WorkerMessage): WorkerOutcome {
  if (message.type === 'answered') return { ...message, kind: 'answered' };
  if (message.type === 'failed') return { ...message, kind: 'failed' };
  if (message.type === 'initFailed') return { kind: 'failed', fault: message.fault, fatal: true };
  return { kind: 'exited', reason: `The runtime sent the message '${message.type}' when none was expected` };
}

function nextMessage(child: ChildProcess): Promise<WorkerMessage> {
  return new Promise((resolve) => child.once('message', (message) => resolve(message as WorkerMessage)));
}

/**
 * Resolves when the process has ended and its streams are closed, to Lambda's text for the way in which it ended.
 */
function watchExit(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`Runtime failed to start: ${error.message}`));
    child.once('exit', () => killGroup(child));
    child.once('close', (code, signal) => resolve(describeExit(code, signal)));
  });
}

const SIGNAL_WORDS: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: 'aborted',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `Runtime exited with error: signal: ${SIGNAL_WORDS[signal] ?? signal}`;
  if (code === 0) return 'Runtime exited without providing a reason';
  return `Runtime exited with error: exit status ${code}`;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All processes of the group have ended already.
  }
}
