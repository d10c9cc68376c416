import { isTerminal, isTransientError } from '../../lib/contract/index.js';
import { endedBuilds } from '../../lib/run-store/build.js';
import { readRecords } from '../../lib/run-store/run-table.js';
import { endRun, type EndRunDependencies, type KnownRun } from './end-run.js';
import { findOpenRuns, type OpenRun } from './find-open-runs.js';
import { type Attempt, type ListedExecutions, listKnownExecutions } from './list-executions.js';
import { createPaces } from './pace.js';

type Log = (message: string, details: Record<string, unknown>) => void;

export interface SweepDependencies extends Omit<EndRunDependencies, 'paces'> {
  readonly stateMachineArn: string;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly log: { readonly info: Log; readonly warn: Log; readonly error: Log };
}

export interface Reconciled {
  /** Number of runs that were open, unannounced, without a record or possibly with a build. */
  readonly examined: number;
  /** Ids of the runs that this call ended or announced, or whose build it stopped. */
  readonly ended: readonly string[];
  /** Number of runs that are left to the next sweep, for lack of time or by a failure that may pass. */
  readonly left: number;
}

/** Time of a pass. The handler's timeout is a minute longer, for the last requests and their retries. */
const PASS_MS = 3 * 60_000;
/** Time in which pages of executions are read. */
const LISTING_MS = 90_000;
const CONCURRENCY = 8;
/** Ids in one BatchGetItem or BatchGetBuilds. */
const BATCH_SIZE = 100;
/** How long a run may be missing in the list of running executions, which is eventually consistent. */
const LIST_DELAY_MS = 2 * 60_000;

/**
 * Finds the runs whose executions ended without recording or announcing it, and ends them. The list of running executions
 * makes it unnecessary to describe each. When its time is over, the pass stops. The next one has another order, so that no
 * run waits forever. What fails for a reason that may pass is left to the next sweep.
 *
 * @throws AggregateError when something failed otherwise, after everything else was done
 */
export async function sweep(dependencies: SweepDependencies): Promise<Reconciled> {
  const pass = startPass(dependencies);
  // Lists executions first: a run that ends in between is listed as running and no longer open, so it is not described.
  const executions = await listKnownExecutions(pass);
  const open = (await pass.attempt('read the open runs', () => findOpenRuns(pass))) ?? [];
  const known = new Set(open.map(({ runId }) => runId));
  const unrecorded = await findUnrecorded(known, executions, pass);
  const { certain, possible } = await selectRuns(open, executions, pass);
  await endAll([...shuffled([...certain, ...unrecorded]), ...shuffled(possible)], pass);
  const { errors, ended, left } = pass;
  if (errors.length > 0)
    throw new AggregateError(errors, `Steps of the sweep that failed: ${errors.length}.`);
  const reconciled = { examined: open.length + unrecorded.length, ended, left: left.count };
  dependencies.log.info('Swept', { ...reconciled, ended: ended.length, running: executions.running.size });
  return reconciled;
}

interface Pass extends SweepDependencies, EndRunDependencies {
  readonly attempt: Attempt;
  /** Returns whether the time for listing is over. */
  readonly isOver: () => boolean;
  /** Returns whether the time of the pass is over. */
  readonly isEnding: () => boolean;
  readonly errors: unknown[];
  readonly ended: string[];
  readonly left: { count: number };
}

function startPass(dependencies: SweepDependencies): Pass {
  const { now, log } = dependencies;
  const startMs = now().getTime();
  const isAfter = (ms: number) => () => now().getTime() - startMs >= ms;
  const errors: unknown[] = [];
  const attempt: Attempt = async (what, act) => {
    try {
      return await act();
    } catch (error) {
      if (isTransientError(error)) log.warn(`Could not ${what}: the next sweep tries again`, { error });
      else {
        errors.push(error);
        log.error(`Could not ${what}`, { error });
      }
      return undefined;
    }
  };
  return {
    ...dependencies,
    paces: createPaces(dependencies),
    attempt,
    isOver: isAfter(LISTING_MS),
    isEnding: isAfter(PASS_MS),
    errors,
    ended: [],
    left: { count: 0 },
  };
}

/** Returns the ended executions whose runs have no record: they ended before RecordQueued. */
async function findUnrecorded(
  open: ReadonlySet<string>,
  { ended }: ListedExecutions,
  pass: Pass,
): Promise<KnownRun[]> {
  const unknown = [...ended.values()].filter(({ runId }) => !open.has(runId));
  const unrecorded: KnownRun[] = [];
  for (const batch of batchesOf(unknown)) {
    if (pass.isEnding()) break;
    const runIds = batch.map(({ runId }) => runId);
    const found = await pass.attempt('read the records of ended executions', () => readRecords(runIds, pass));
    if (found === undefined) break;
    const { records, unread } = found;
    unrecorded.push(...batch.filter(({ runId }) => !records.has(runId) && !unread.has(runId)));
  }
  return unrecorded;
}

/** Selects the runs of which something is left to do, for certain or possibly. */
async function selectRuns(open: readonly OpenRun[], { running, ended }: ListedExecutions, pass: Pass) {
  const beforeDelay = new Date(pass.now().getTime() - LIST_DELAY_MS).toISOString();
  const isLeft = ({ status, announcedAt, buildId }: OpenRun) =>
    isTerminal(status) && (announcedAt === undefined || buildId === undefined);
  const certain = open.filter((run) => isLeft(run) || (!isTerminal(run.status) && ended.has(run.runId)));
  const possible = open.filter(
    ({ runId, status, queuedAt }) =>
      !isTerminal(status) && !ended.has(runId) && !running.has(runId) && queuedAt < beforeDelay,
  );
  const withBuild = open.filter((run) => isTerminal(run.status) && !isLeft(run));
  return { certain: [...certain, ...(await findBuildsLeft(withBuild, pass))], possible };
}

/** Returns the runs whose builds have not ended, or were not found. */
async function findBuildsLeft(runs: readonly OpenRun[], pass: Pass): Promise<OpenRun[]> {
  const left: OpenRun[] = [];
  for (const batch of batchesOf(runs)) {
    if (pass.isEnding()) break;
    const buildIds = batch.flatMap(({ buildId }) => (buildId === undefined ? [] : [buildId]));
    await pass.paces.builds.turn();
    const ended = await pass.attempt('read the builds of failed runs', () =>
      endedBuilds(pass.codebuild, buildIds),
    );
    if (ended === undefined) break;
    left.push(...batch.filter(({ buildId = '' }) => !ended.has(buildId)));
  }
  return left;
}

async function endAll(runs: readonly KnownRun[], pass: Pass): Promise<void> {
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

function batchesOf<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / BATCH_SIZE);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE),
  );
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  const keyed = items.map((item) => ({ item, key: Math.random() }));
  return keyed.sort((left, right) => left.key - right.key).map(({ item }) => item);
}
