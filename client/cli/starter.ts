import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A process as `/proc` tells of it. */
interface ProcessEntry {
  readonly name: string;
  readonly parent: number;
  readonly session: number;
  /** Whether the process has a terminal. */
  readonly isOnTerminal: boolean;
}

const LOOK_EVERY_MS = 1_000;

/** Programs that start another one to outlive whoever called them. */
const DETACHERS: ReadonlySet<string> = new Set(['nohup', 'setsid']);

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'busybox']);

/** The process that started this one, and the one that started npm's shell. */
export interface Starter {
  /** Tells whether the starter has ended. */
  hasEnded(): boolean;
}

/**
 * Looks who started this process; to be called first thing, since it may end at any time. Whoever separated this
 * process from its starter on purpose has none: the init process started it, it leads a session of its own, it was
 * started by `nohup` or `setsid`, or its starter is the shell of a terminal, from which jobs may be left running.
 */
export function findStarter(environment: NodeJS.ProcessEnv = process.env): Starter | undefined {
  const { ppid: parent, pid } = process;
  if (parent <= 1 || isDetached(environment)) return undefined;
  const own = readProcess(pid);
  const starter = readProcess(parent);
  if (own?.session === pid) return undefined;
  if (starter?.session === parent && starter.isOnTerminal) return undefined;
  // npm starts a shell, which npm's end leaves running when npm is killed outright.
  const above = startedByNpm(environment) && SHELLS.has(starter?.name ?? '') ? starter?.parent : undefined;
  return {
    hasEnded() {
      if (process.ppid !== parent) return true;
      return above !== undefined && above > 1 && readProcess(parent)?.parent !== above;
    },
  };
}

/**
 * Calls back once when the starter has ended. The timer keeps no process alive.
 * @returns stops watching
 */
export function watchStarter(starter: Starter | undefined, ended: () => void): () => void {
  if (starter === undefined) return () => undefined;
  const timer = setInterval(() => {
    if (!starter.hasEnded()) return;
    clearInterval(timer);
    ended();
  }, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

/** Shells tell each program by which path they started it, and what that starts in turn inherits it. */
function isDetached({ _: program = '' }: NodeJS.ProcessEnv): boolean {
  return DETACHERS.has(path.basename(program));
}

function startedByNpm({ npm_lifecycle_event: event }: NodeJS.ProcessEnv): boolean {
  return event !== undefined;
}

/** @returns undefined where there is no `/proc`, or no such process */
function readProcess(pid: number): ProcessEntry | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets, and may have any character.
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
