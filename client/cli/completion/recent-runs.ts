/** Reads the ids of runs that a shell completes. */
import type { RunRecord } from '../../../lib/contract/index.js';
import { openSeedkit } from '../open-seedkit.js';
import { shortTime } from '../short-time.js';
import { unlessAborted } from '../signals.js';
import type { Terminal } from '../terminal.js';
import type { AskedRuns, Candidate } from './complete.js';

/** Number of runs that are completed. */
const RUNS_MAX = 20;

/** Time after which the shell completes no ids, because a user who pressed Tab waits. */
const WAIT_MS = 2_000;

/**
 * Returns the newest runs of a seedkit that a flag or the variable `CODESEEDER_SEEDKIT` names. Returns none if the
 * environment of a config may name another place, because no code of a config runs, or if they cannot be read in time.
 */
export async function recentRuns(
  { seedkit: named, environment, region, profile }: AskedRuns,
  { environment: variables, interrupted }: Terminal,
): Promise<readonly Candidate[]> {
  const seedkit = named ?? variables['CODESEEDER_SEEDKIT'];
  if (!seedkit || (environment ?? variables['CODESEEDER_ENVIRONMENT'])) return [];
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(WAIT_MS)]);
  try {
    const { runs } = openSeedkit({ seedkit, region, profile });
    const records = await unlessAborted(runs.list({ limit: RUNS_MAX, signal }), signal);
    return records.map((record) => ({ value: record.runId, description: describeRun(record) }));
  } catch {
    // The command itself reports what is wrong.
    return [];
  }
}

function describeRun({ status, queuedAt, name, target = '' }: RunRecord): string {
  return `${status}, ${shortTime(Date.now() - Date.parse(queuedAt))} ago: ${name ?? target}`;
}
