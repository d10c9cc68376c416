import { endRun, type KnownRun } from './end-run.js';
import { findOpenRuns } from './find-open-runs.js';
import { listKnownExecutions } from './list-executions.js';
import { reconcileLocks } from './reconcile-locks.js';
import { reconcileMaps } from './reconcile-maps.js';
import { findUnrecorded, selectRuns } from './select-runs.js';
import { startPass, type SweepDependencies, type SweepPass } from './sweep-pass.js';

export interface Reconciled {
  /** Number of runs that were open, unannounced, without a record or possibly with a build. */
  readonly examined: number;
  /** Ids of the runs that this call ended or announced, or whose build it stopped, and of the maps that it ended. */
  readonly ended: readonly string[];
  /** Number of runs that are left to the next sweep, because the time was over or their reconciliation failed. */
  readonly left: number;
}

const CONCURRENCY = 8;

/**
 * Finds the runs whose executions ended without ending or announcing the run, and ends them. Lists the running
 * executions, so that it need not describe each one. Releases the locks of runs that have ended. When its time is over,
 * the sweep stops. Runs are handled in random order, so that a later sweep reaches each one. Steps that fail
 * transiently are left to the next sweep.
 *
 * @throws AggregateError if steps failed with other errors, after all other steps were done
 */
export async function sweep(dependencies: SweepDependencies): Promise<Reconciled> {
  const pass = startPass(dependencies);
  // Executions are listed before the open runs are read. A run that ends in between is then in the list of running
  // executions, so it is not described.
  const executions = await listKnownExecutions(pass);
  const open = (await pass.attempt('read the open runs', () => findOpenRuns(pass))) ?? [];
  const known = new Set(open.map(({ runId }) => runId));
  const unrecorded = await findUnrecorded(known, executions, pass);
  const { certain, possible } = await selectRuns(open, executions, pass);
  await endAll([...shuffled([...certain, ...unrecorded]), ...shuffled(possible)], pass);
  await reconcileMaps(pass);
  // Locks are last, so that runs that were just ended release theirs.
  await reconcileLocks(pass);
  const { errors, ended, left } = pass;
  if (errors.length > 0)
    throw new AggregateError(errors, `Steps of the sweep that failed: ${errors.length}.`);
  const reconciled = { examined: open.length + unrecorded.length, ended, left: left.count };
  dependencies.log.info('Swept', { ...reconciled, ended: ended.length, running: executions.running.size });
  return reconciled;
}

async function endAll(runs: readonly KnownRun[], pass: SweepPass): Promise<void> {
  const waiting = runs.values();
  let begun = 0;
  const work = async () => {
    while (!pass.isEnding()) {
      const { value: run, done } = waiting.next();
      if (done === true) return;
      begun += 1;
      const hasChanged = await pass.attempt(`reconcile the run ${run.runId}`, () => endRun(run, pass));
      if (hasChanged === undefined) pass.left.count += 1;
      if (hasChanged !== true) continue;
      pass.ended.push(run.runId);
      pass.log.info('Ended the run', { runId: run.runId });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  pass.left.count += runs.length - begun;
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  const keyed = items.map((item) => ({ item, key: Math.random() }));
  return keyed.sort((left, right) => left.key - right.key).map(({ item }) => item);
}
