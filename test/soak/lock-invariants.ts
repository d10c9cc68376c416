import type { Build } from '@aws-sdk/client-codebuild';

import { BUILD_VARIABLES, type LockState, type RunRecord } from '../../lib/contract/index.js';
import { groupBy } from './group-by.js';
import type { Breach } from './invariants.js';

/** A build of a run that has a lock. */
interface LockedBuild {
  readonly runId: string;
  readonly lock: string;
  readonly buildId: string | undefined;
  /** The fencing number in the build's environment. */
  readonly token: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Checks that two builds with the same lock never run at the same time, that later builds have larger fencing
 * numbers, and that no lock has a holder or a queue after all runs have ended.
 */
export function lockBreaches(
  records: readonly RunRecord[],
  builds: readonly Build[],
  locks: readonly LockState[],
): Breach[] {
  const locked = [...groupBy(lockedBuilds(records, builds), ({ lock }) => lock).values()];
  return [...locked.flatMap(heldTwice), ...locked.flatMap(outOfOrder), ...locks.flatMap(left)];
}

function lockedBuilds(records: readonly RunRecord[], builds: readonly Build[]): LockedBuild[] {
  const lockOf = new Map(records.flatMap(({ runId, lock }) => (lock === undefined ? [] : [[runId, lock]])));
  const found = builds.flatMap((build) => {
    const { id: buildId, startTime, endTime } = build;
    const runId = variableOf(build, BUILD_VARIABLES.runId) ?? '';
    const lock = lockOf.get(runId);
    if (lock === undefined || startTime === undefined) return [];
    const token = Number(variableOf(build, BUILD_VARIABLES.lockToken));
    const [fromMs, toMs] = [startTime.getTime(), endTime?.getTime() ?? Infinity];
    return [{ runId, lock, buildId, token, fromMs, toMs }];
  });
  return found.sort((one, other) => one.fromMs - other.fromMs);
}

function variableOf({ environment }: Build, name: string): string | undefined {
  return environment?.environmentVariables?.find((variable) => variable.name === name)?.value;
}

function heldTwice(builds: readonly LockedBuild[]): Breach[] {
  return builds.flatMap((build, index): Breach[] => {
    const before = builds[index - 1];
    if (before === undefined || before.toMs <= build.fromMs) return [];
    const { runId, lock, buildId } = build;
    const message = `the build ${buildId} of ${runId} began while ${before.buildId} of ${before.runId} held the lock ${lock}`;
    return [{ kind: 'lock held twice', runId, message }];
  });
}

function outOfOrder(builds: readonly LockedBuild[]): Breach[] {
  return builds.flatMap((build, index): Breach[] => {
    const before = builds[index - 1];
    const { runId, lock, token } = build;
    if (Number.isInteger(token) && (before === undefined || before.token < token)) return [];
    const message = `${runId} has the number ${token} of the lock ${lock}, and ${before?.runId} before it ${before?.token}`;
    return [{ kind: 'lock out of order', runId, message }];
  });
}

function left({ lock, holder, waiting, replaced }: LockState): Breach[] {
  const runs = [...(holder === undefined ? [] : [holder.runId]), ...waiting, ...replaced];
  return runs.map((runId) => {
    return { kind: 'lock left', runId, message: `${runId} is over and still in the lock ${lock}` };
  });
}

/**
 * Checks one write to a lock: new runs are added to the end of the queue, and only the first run in the queue gets
 * the lock. A run that ends or is replaced may leave the queue from any position.
 */
export function queueBreach(before: LockState, after: LockState): Breach[] {
  const { lock } = after;
  const granted = after.fence > before.fence ? after.holder?.runId : undefined;
  const jumped = granted !== undefined && before.waiting.length > 0 && before.waiting[0] !== granted;
  const stolen = granted !== undefined && before.holder !== undefined;
  const stayed = after.waiting.filter((runId) => before.waiting.includes(runId));
  const inOrder = before.waiting.filter((runId) => after.waiting.includes(runId));
  const joined = after.waiting.slice(0, stayed.length).every((runId) => before.waiting.includes(runId));
  const isKept = joined && stayed.every((runId, index) => runId === inOrder[index]);
  if (!jumped && !stolen && isKept && after.fence >= before.fence) return [];
  const message = `the lock ${lock} went from ${JSON.stringify(before)} to ${JSON.stringify(after)}`;
  return [{ kind: 'lock out of order', runId: granted ?? '', message }];
}
