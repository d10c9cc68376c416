import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A group as it is found again after the place was killed. */
export interface ProcessGroup {
  /** Number of the group and of its leader. */
  readonly id: number;
  /** The machine's boot and the leader's start in it; empty where the system does not tell. */
  readonly leaderStart: string;
}

const LOOK_AGAIN_MS = 20;
/** How long killed processes may take to vanish. */
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
 * Ends a build's processes: its group, and those that left the group but still carry the build's id.
 * @param graceMs time between the request to end and the kill; none when 0
 */
export async function endBuildProcesses(groupId: number, buildId: string, graceMs: number): Promise<void> {
  const signalAll = (signal: NodeJS.Signals): boolean => {
    const { isGroupAlive, carriers } = survivorsOf(groupId, buildId);
    if (isGroupAlive) send(-groupId, signal);
    for (const pid of carriers) send(pid, signal);
    return isGroupAlive || carriers.length > 0;
  };
  const isAnyAlive = (): boolean => {
    const { isGroupAlive, carriers } = survivorsOf(groupId, buildId);
    return isGroupAlive || carriers.length > 0;
  };
  if (graceMs > 0) {
    if (!signalAll('SIGTERM')) return;
    const until = Date.now() + graceMs;
    while (Date.now() < until && isAnyAlive()) await pause(LOOK_AGAIN_MS);
  }
  const until = Date.now() + VANISH_MS;
  while (signalAll('SIGKILL') && Date.now() < until) await pause(LOOK_AGAIN_MS);
}

/** Ends what a place that was killed left behind, if it still is what was recorded. */
export async function endOrphans(group: ProcessGroup, buildId: string): Promise<void> {
  const leader = readState(group.id);
  const isOurs = leader !== undefined && startOf(leader) === group.leaderStart;
  // A group of another leader is somebody else's: then only who carries the build's id is ended.
  if (isOurs) await endBuildProcesses(group.id, buildId, 0);
  else for (const pid of carriersOf(listProcesses() ?? [], buildId)) send(pid, 'SIGKILL');
}

/** What is left of a build, by one look at the processes. */
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
 * Processes that are not yet dead; undefined where there is no /proc. Read synchronously: the kernel answers out of
 * memory, and a promise for each process costs more than the answer.
 */
function listProcesses(): ProcessState[] | undefined {
  const pids = namesIn('/proc').filter((name) => /^\d+$/.test(name));
  if (pids.length === 0) return undefined;
  return pids.map((pid) => readState(Number(pid))).filter((state) => state !== undefined);
}

function readState(pid: number): ProcessState | undefined {
  const stat = contentOf(`/proc/${pid}/stat`).toString('latin1');
  // The command's name stands in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, , group] = fields;
  const startTicks = fields[19];
  if (state === undefined || startTicks === undefined || state === 'Z' || state === 'X') return undefined;
  return { pid, group: Number(group), startTicks };
}

function startOf({ startTicks }: ProcessState): string {
  return `${contentOf('/proc/sys/kernel/random/boot_id').toString('utf8').trim()}:${startTicks}`;
}

/** Those in whose environment the build's id stands. */
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

/** Empty for what is not there any more, or is somebody else's. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}
