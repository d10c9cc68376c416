import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import type { Build } from '@aws-sdk/client-codebuild';

import { BUILD_VARIABLES } from '../../lib/contract/index.js';
import type { Breach } from './invariants.js';

/** What a build reported when it began or ended to have a lock. */
export interface LockReport {
  readonly what: 'begins' | 'ends';
  readonly runId: string;
  /** The fencing number that the build sees. */
  readonly token: number;
  readonly atMs: number;
}

/** Reads the reports of builds, in the order in which they were made, by lock. */
export async function readLockReports(folder: string): Promise<ReadonlyMap<string, readonly LockReport[]>> {
  const reports = new Map<string, readonly LockReport[]>();
  for (const lock of await readdir(folder)) {
    const lines = (await readFile(path.join(folder, lock), 'utf8')).split('\n').filter((line) => line !== '');
    reports.set(lock, lines.map(parseReport));
  }
  return reports;
}

function parseReport(line: string): LockReport {
  const [what, runId = '', token, atMs] = line.split(' ');
  return { what: what === 'ends' ? 'ends' : 'begins', runId, token: Number(token), atMs: Number(atMs) };
}

/**
 * Checks what builds saw: a build begins to have a lock only after the one before has reported its end, or was stopped
 * and had ended. Later builds have larger numbers.
 */
export function heldLockBreaches(
  reports: ReadonlyMap<string, readonly LockReport[]>,
  builds: readonly Build[],
): Breach[] {
  return [...reports].flatMap(([lock, ofLock]) => overlaps(lock, ofLock, builds));
}

function overlaps(lock: string, reports: readonly LockReport[], builds: readonly Build[]): Breach[] {
  const breaches: Breach[] = [];
  const breach = (kind: Breach['kind'], { runId }: LockReport, message: string) =>
    void breaches.push({ kind, runId, message });
  let holder: LockReport | undefined;
  let last: LockReport | undefined;
  for (const report of reports) {
    const { what, runId, token, atMs } = report;
    if (what === 'ends') {
      if (holder?.runId === runId && holder.token === token) holder = undefined;
      continue;
    }
    if (holder !== undefined && !hadEnded(holder, atMs, builds)) {
      breach(
        'lock held twice',
        report,
        `${runId} saw itself have the lock ${lock} while ${holder.runId} had it`,
      );
    }
    if (!Number.isInteger(token) || (last !== undefined && last.token >= token)) {
      breach('lock out of order', report, `${runId} saw the number ${token} of ${lock} after ${last?.token}`);
    }
    holder = report;
    last = report;
  }
  return breaches;
}

/** Returns whether a build that could not report its end had been stopped before. */
function hadEnded({ runId, token }: LockReport, beforeMs: number, builds: readonly Build[]): boolean {
  const valueOf = ({ environment }: Build, wanted: string) =>
    environment?.environmentVariables?.find(({ name }) => name === wanted)?.value;
  return builds.some(
    (build) =>
      valueOf(build, BUILD_VARIABLES.runId) === runId &&
      valueOf(build, BUILD_VARIABLES.lockToken) === String(token) &&
      build.buildStatus === 'STOPPED' &&
      build.endTime !== undefined &&
      build.endTime.getTime() <= beforeMs,
  );
}
