import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Identifies a process group. Can be stored, and used by a later start of the local AWS. */
export interface ProcessGroup {
  /** Id of the group, which is the process id of its leader. */
  readonly id: number;
  /** The machine's boot id and the leader's start time; empty on systems without /proc. */
  readonly leaderStart: string;
}

const LOOK_AGAIN_MS = 20;
/** Maximum time to wait for killed processes to disappear. */
const VANISH_MS = 3_000;

interface ProcessState {
  readonly pid: number;
  readonly group: number;
  readonly startTicks: string;
}

export function describeProcessGroup(id: number): ProcessGroup {
  const leader = readState(id);
  return { id, leaderStart: leader === undefined ? '' : startOf(leader) };
}

/**
 * Ends a build's processes: those of its group, and those that left the group but still have the build's id in their
 * environment.
 * @param graceMs time between SIGTERM and SIGKILL; 0 sends SIGKILL at once
 */
export async function endBuildProcesses(groupId: number, buildId: string, graceMs: number): Promise<void> {
  const signalAll = (signal: NodeJS.Signals | 0): boolean => {
    const { isGroupAlive, carriers } = survivorsOf(groupId, buildId);
    if (isGroupAlive) send(-groupId, signal);
    for (const pid of carriers) send(pid, signal);
    return isGroupAlive || carriers.length > 0;
  };
  if (graceMs > 0) {
    if (!signalAll('SIGTERM')) return;
    const until = Date.now() + graceMs;
    while (Date.now() < until && signalAll(0)) await pause(LOOK_AGAIN_MS);
  }
  const until = Date.now() + VANISH_MS;
  while (signalAll('SIGKILL') && Date.now() < until) await pause(LOOK_AGAIN_MS);
}

/**
 * Ends all processes of a PID namespace, whichever session, group and environment they have. They are gone when the
 * program that created the namespace has ended.
 * @param firstProcess process 1 of the namespace. When it ends, the kernel kills the others
 * @param graceMs time between SIGTERM and SIGKILL; 0 sends SIGKILL at once
 */
export async function endNamespace(firstProcess: number, graceMs: number): Promise<void> {
  if (graceMs > 0) {
    // Pauses the first process, which otherwise would start another worker, or would end, so that the kernel kills
    // the other processes before they can handle SIGTERM.
    send(firstProcess, 'SIGSTOP');
    for (const pid of otherMembers(firstProcess)) send(pid, 'SIGTERM');
    const until = Date.now() + graceMs;
    while (Date.now() < until && otherMembers(firstProcess).length > 0) await pause(LOOK_AGAIN_MS);
  }
  send(firstProcess, 'SIGKILL');
}

/** Returns the processes in the namespace of a first process, except for that process. */
function otherMembers(firstProcess: number): number[] {
  const namespace = namespaceOf(firstProcess);
  const others = (listProcesses() ?? []).filter(({ pid }) => pid !== firstProcess);
  return namespace === undefined
    ? []
    : others.flatMap(({ pid }) => (namespaceOf(pid) === namespace ? [pid] : []));
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

/**
 * Ends processes of a build that continued to run after the local AWS was killed. Compares the leader's start time,
 * because the id may belong to another program now.
 */
export async function endOrphans(group: ProcessGroup, buildId: string): Promise<void> {
  const leader = readState(group.id);
  const isOurs = leader !== undefined && startOf(leader) === group.leaderStart;
  // The group belongs to another program now. Ends only processes with the build's id in their environment.
  if (isOurs) await endBuildProcesses(group.id, buildId, 0);
  else for (const pid of carriersOf(listProcesses() ?? [], buildId)) send(pid, 'SIGKILL');
}

/** Returns the processes of a build that still run. */
function survivorsOf(groupId: number, buildId: string): { isGroupAlive: boolean; carriers: number[] } {
  const processes = listProcesses();
  if (processes === undefined) return { isGroupAlive: send(-groupId, 0), carriers: [] };
  const outside = processes.filter(({ group }) => group !== groupId);
  return { isGroupAlive: outside.length < processes.length, carriers: carriersOf(outside, buildId) };
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Lists the running processes; undefined on systems without /proc. Reads synchronously: /proc is in memory, and a
 * promise for each process would take longer.
 */
function listProcesses(): ProcessState[] | undefined {
  const pids = namesIn('/proc').filter((name) => /^\d+$/.test(name));
  if (pids.length === 0) return undefined;
  return pids.map((pid) => readState(Number(pid))).filter((state) => state !== undefined);
}

function readState(pid: number): ProcessState | undefined {
  const stat = contentOf(`/proc/${pid}/stat`).toString('latin1');
  // The name of the command is in parentheses and may itself contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, , group] = fields;
  const startTicks = fields[19];
  if (state === undefined || startTicks === undefined || state === 'Z' || state === 'X') return undefined;
  return { pid, group: Number(group), startTicks };
}

function startOf({ startTicks }: ProcessState): string {
  return `${contentOf('/proc/sys/kernel/random/boot_id').toString('utf8').trim()}:${startTicks}`;
}

/** Returns the processes that have the build's id in their environment. */
function carriersOf(processes: readonly ProcessState[], buildId: string): number[] {
  const mark = Buffer.from(`CODEBUILD_BUILD_ID=${buildId}\0`);
  const pids = processes.map(({ pid }) => pid).filter((pid) => pid !== process.pid);
  return pids.filter((pid) => contentOf(`/proc/${pid}/environ`).includes(mark));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Returns the content of a file; empty for a process that has ended or belongs to another user. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}
