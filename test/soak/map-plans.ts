import path from 'node:path';

import fc from 'fast-check';

import type { RemoteMap, Seedkit } from '../../client/index.js';
import { MAP_INPUT_VARIABLE, type OnError } from '../../lib/contract/index.js';
import { PROVE, withReports } from './planned-commands.js';
import { type PlannedLock, randomLock } from './run-plans.js';

const VALUES = path.resolve(import.meta.dirname, '../fixtures/functions/values.ts');

/** A map to start. */
export interface MapPlan {
  /** What each run calls: commands, or a function that adds 1 to its index. */
  readonly calls: 'commands' | 'add';
  /** What the commands do with each input. The function adds with all of them. */
  readonly inputs: readonly MapPlanInput[];
  readonly concurrency: number;
  readonly onError: OnError;
  /** Time between start and cancel, in milliseconds; null when it is not canceled. */
  readonly canceledAfterMs: number | null;
  /** Whether the inputs that did not succeed run again in another map. */
  readonly again: boolean;
  /** The lock that each run needs. */
  readonly lock: PlannedLock | null;
}

export type MapPlanInput = 'passes' | 'fails';

/** Runs for each map. */
export const RUNS_OF_MAP = 25;

/** Returns the maps for a number of runs: one for each 25. */
export function randomMapPlans(seed: number, runs: number): readonly MapPlan[] {
  const plan = fc.record<MapPlan>({
    calls: fc.constantFrom('commands', 'commands', 'add'),
    inputs: fc.array(fc.constantFrom('passes', 'passes', 'fails'), { minLength: 1, maxLength: 5 }),
    concurrency: fc.integer({ min: 1, max: 4 }),
    onError: fc.constantFrom('continue', 'continue', 'stop'),
    canceledAfterMs: fc.oneof(
      { weight: 3, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.noBias(fc.integer({ min: 0, max: 8_000 })) },
    ),
    again: fc.boolean(),
    lock: randomLock(runs),
  });
  return fc.sample(fc.noBias(plan), { seed, numRuns: Math.ceil(runs / RUNS_OF_MAP) });
}

/**
 * Starts a map as planned.
 * @param name by which the map is found if its start was not acknowledged
 */
export function startMap(
  { calls, inputs, concurrency, onError, lock }: MapPlan,
  name: string,
  kit: Seedkit,
): Promise<RemoteMap> {
  const lockOptions = lock ?? {};
  const options = { name, concurrency, onError, ...lockOptions };
  if (calls === 'add')
    return kit.mapFunction(
      VALUES,
      'add',
      inputs.map((_, index) => [index, 1]),
      options,
    );
  const command = withReports(`[ "$${MAP_INPUT_VARIABLE}" != fails ] || exit 3`, lock?.lock);
  return kit.mapCommands([PROVE, command], inputs, {
    ...options,
    build: { exportedVariables: ['PROOF'] },
  });
}

/** Returns whether the run of an input is planned to fail. */
export function failsAsPlanned({ calls, inputs }: MapPlan, index: number): boolean {
  return calls === 'commands' && inputs[index] === 'fails';
}
