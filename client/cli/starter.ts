import { readFileSync } from 'node:fs';
import path from 'node:path';

/** An entry of a process in `/proc`. */
interface ProcessEntry {
  readonly name: string;
  readonly parent: number;
  readonly session: number;
  /** Whether the process has a terminal. */
  readonly isOnTerminal: boolean;
}

const CHECK_INTERVAL_MS = 1_000;

/** Programs that start another program so that it continues after the caller has ended. */
const DETACHERS: ReadonlySet<string> = new Set(['nohup', 'setsid']);

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'busybox']);

/** The process that started this one. If npm started this process through a shell, npm is the starter. */
export interface Starter {
  /** Returns whether the starter has ended. */
  hasEnded(): boolean;
}

/**
 * Finds the process that started this one. Call it first, because the starter may end at any time.
 *
 * Returns undefined if this process is meant to outlive its starter: the init process started it, it leads a session,
 * it was started by `nohup` or `setsid`, or its starter is the shell of a terminal, which may leave jobs running.
 */
export function findStarter(environment: NodeJS.ProcessEnv = process.env): Starter | undefined {
  const { ppid: parent } = process;
  if (parent <= 1 || wasStartedByDetacher(environment)) return undefined;
  const starter = readProcess(parent);
  if (leadsSession() || isShellOfTerminal(starter, parent)) return undefined;
  const npm = npmAbove(starter, environment);
  return {
    hasEnded() {
      if (process.ppid !== parent) return true;
      return npm !== undefined && readProcess(parent)?.parent !== npm;
    },
  };
}

function leadsSession(): boolean {
  return readProcess(process.pid)?.session === process.pid;
}

function isShellOfTerminal(starter: ProcessEntry | undefined, pid: number): boolean {
  return starter?.session === pid && starter.isOnTerminal;
}

/**
 * Returns the id of npm if the starter is the shell that npm runs scripts with. The shell would continue after npm was
 * killed.
 */
function npmAbove(starter: ProcessEntry | undefined, environment: NodeJS.ProcessEnv): number | undefined {
  if (starter === undefined || !startedByNpm(environment) || !SHELLS.has(starter.name)) return undefined;
  return starter.parent > 1 ? starter.parent : undefined;
}

/**
 * Calls back once when the starter has ended. The timer does not keep the process alive.
 * @returns a function that stops watching
 */
export function watchStarter(starter: Starter | undefined, ended: () => void): () => void {
  if (starter === undefined) return () => undefined;
  const timer = setInterval(() => {
    if (!starter.hasEnded()) return;
    clearInterval(timer);
    ended();
  }, CHECK_INTERVAL_MS).unref();
  return () => clearInterval(timer);
}

/** Reads the variable `_`. Shells set it to the path of the program they start, and child processes inherit it. */
function wasStartedByDetacher({ _: program = '' }: NodeJS.ProcessEnv): boolean {
  return DETACHERS.has(path.basename(program));
}

function startedByNpm({ npm_lifecycle_event: event }: NodeJS.ProcessEnv): boolean {
  return event !== undefined;
}

/** Returns the entry of a process, or undefined if there is no `/proc` or no such process. */
function readProcess(pid: number): ProcessEntry | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name is in parentheses and may contain any character.
    const end = text.lastIndexOf(')');
    const [, parent, , session, terminal] = text.slice(end + 2).split(' ');
    return {
      name: text.slice(text.indexOf('(') + 1, end),
      parent: Number(parent),
      session: Number(session),
      isOnTerminal: terminal !== '0',
    };
  } catch {
    return undefined;
  }
}
