import { readdir, readFile } from 'node:fs/promises';
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

export async function describeProcessGroup(id: number): Promise<ProcessGroup> {
  const leader = (await listProcesses())?.find(({ pid }) => pid === id);
  return { id, leaderStart: leader === undefined ? '' : await startOf(leader) };
}

/**
 * Ends a build's processes: its group, and those that left the group but still carry the build's id.
 * @param graceMs time between the request to end and the kill; none when 0
 */
export async function endBuildProcesses(groupId: number, buildId: string, graceMs: number): Promise<void> {
  const signalAll = async (signal: NodeJS.Signals): Promise<boolean> => {
    const escaped = await carriersOf(buildId);
    const inGroup = await isGroupAlive(groupId);
    if (inGroup) send(-groupId, signal);
    for (const pid of escaped) send(pid, signal);
    return inGroup || escaped.length > 0;
  };
  if (graceMs > 0) {
    if (!(await signalAll('SIGTERM'))) return;
    const until = Date.now() + graceMs;
    while (Date.now() < until && (await isAnyAlive(groupId, buildId))) await pause(LOOK_AGAIN_MS);
  }
  const until = Date.now() + VANISH_MS;
  while ((await signalAll('SIGKILL')) && Date.now() < until) await pause(LOOK_AGAIN_MS);
}

/** Ends what a place that was killed left behind, if it still is what was recorded. */
export async function endOrphans(group: ProcessGroup, buildId: string): Promise<void> {
  const leader = (await listProcesses())?.find(({ pid }) => pid === group.id);
  const isOurs = leader !== undefined && (await startOf(leader)) === group.leaderStart;
  // A group of another leader is somebody else's: then only who carries the build's id is ended.
  if (isOurs) await endBuildProcesses(group.id, buildId, 0);
  else for (const pid of await carriersOf(buildId)) send(pid, 'SIGKILL');
}

async function isAnyAlive(groupId: number, buildId: string): Promise<boolean> {
  return (await isGroupAlive(groupId)) || (await carriersOf(buildId)).length > 0;
}

async function isGroupAlive(groupId: number): Promise<boolean> {
  const processes = await listProcesses();
  if (processes !== undefined) return processes.some(({ group }) => group === groupId);
  return send(-groupId, 0);
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Processes that are not yet dead; nothing where there is no /proc. */
async function listProcesses(): Promise<ProcessState[] | undefined> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name));
  if (pids.length === 0) return undefined;
  const states = await Promise.all(pids.map(readState));
  return states.filter((state) => state !== undefined);
}

async function readState(pid: string): Promise<ProcessState | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // The command's name stands in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, , group] = fields;
  const startTicks = fields[19];
  if (state === undefined || startTicks === undefined || state === 'Z' || state === 'X') return undefined;
  return { pid: Number(pid), group: Number(group), startTicks };
}

async function startOf({ startTicks }: ProcessState): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return `${boot.trim()}:${startTicks}`;
}

/** Processes in whose environment the build's id stands. */
async function carriersOf(buildId: string): Promise<number[]> {
  const processes = (await listProcesses()) ?? [];
  const mark = Buffer.from(`CODEBUILD_BUILD_ID=${buildId}\0`);
  const found = await Promise.all(
    processes.map(async ({ pid }) => {
      const environment = await readFile(`/proc/${pid}/environ`).catch(() => undefined);
      return environment?.includes(mark) === true && pid !== process.pid ? pid : undefined;
    }),
  );
  return found.filter((pid) => pid !== undefined);
}
