/** Reads the ids of runs and maps that a shell completes. */
import type { Seedkit } from '../../seedkit-types.js';
import { openSeedkit } from '../open-seedkit.js';
import { shortTime } from '../short-time.js';
import { unlessAborted } from '../signals.js';
import type { Terminal } from '../terminal.js';
import type { AskedIds, Candidate } from './complete.js';

/** Number of runs or maps that are completed. */
const IDS_MAX = 20;

/** Time after which the shell completes no ids, because a user who pressed Tab waits. */
const WAIT_MS = 2_000;

/**
 * Returns the newest runs or maps of a seedkit that a flag or the variable `CODESEEDER_SEEDKIT` names. Returns none if
 * the environment of a config may name another place, because no code of a config runs, or if they cannot be read in
 * time.
 */
export async function recentIds(
  { of, seedkit: named, environment, region, profile }: AskedIds,
  { environment: variables, interrupted }: Terminal,
): Promise<readonly Candidate[]> {
  const seedkit = named ?? variables['CODESEEDER_SEEDKIT'];
  if (!seedkit || (environment ?? variables['CODESEEDER_ENVIRONMENT'])) return [];
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(WAIT_MS)]);
  try {
    const kit = openSeedkit({ seedkit, region, profile });
    return await unlessAborted(of === 'run' ? newestRuns(kit, signal) : newestMaps(kit, signal), signal);
  } catch {
    // The command itself reports what is wrong.
    return [];
  }
}

async function newestRuns({ runs }: Seedkit, signal: AbortSignal): Promise<Candidate[]> {
  const records = await runs.list({ limit: IDS_MAX, signal });
  return records.map((record) => ({ value: record.runId, description: describe(record) }));
}

async function newestMaps({ maps }: Seedkit, signal: AbortSignal): Promise<Candidate[]> {
  const records = await maps.list({ limit: IDS_MAX, signal });
  return records.map((record) => ({ value: record.mapId, description: describe(record) }));
}

interface Described {
  readonly status: string;
  readonly queuedAt: string;
  readonly name?: string | undefined;
  readonly target?: string | undefined;
}

function describe({ status, queuedAt, name, target = '' }: Described): string {
  return `${status}, ${shortTime(Date.now() - Date.parse(queuedAt))} ago: ${name ?? target}`;
}
