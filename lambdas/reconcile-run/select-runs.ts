import { BatchGetBuildsCommand, type CodeBuildClient } from '@aws-sdk/client-codebuild';

import { isTerminal } from '../../lib/contract/index.js';
import { readRecords } from '../../lib/run-store/record.js';
import type { KnownRun } from './end-run.js';
import type { OpenRun } from './find-open-runs.js';
import type { ListedExecutions } from './list-executions.js';
import type { SweepPass } from './sweep-pass.js';

/** Maximum number of ids in one BatchGetItem or BatchGetBuilds. */
const BATCH_SIZE = 100;
/** How long a run may be missing in the list of running executions, which is eventually consistent. */
const LIST_DELAY_MS = 2 * 60_000;

/** Returns the ended executions whose runs have no record: they ended before RecordQueued. */
export async function findUnrecorded(
  open: ReadonlySet<string>,
  { ended }: ListedExecutions,
  pass: SweepPass,
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

/**
 * Selects the runs that must be ended or announced or whose build must be stopped: `certain` ones, and `possible` ones
 * that need a closer check.
 */
export async function selectRuns(
  open: readonly OpenRun[],
  { running, ended }: ListedExecutions,
  pass: SweepPass,
) {
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
async function findBuildsLeft(runs: readonly OpenRun[], pass: SweepPass): Promise<OpenRun[]> {
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

/** Reads up to 100 builds, whose ids differ. @returns the ids of those that have ended */
async function endedBuilds(
  codebuild: CodeBuildClient,
  buildIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { builds = [] } = await codebuild.send(new BatchGetBuildsCommand({ ids: [...buildIds] }));
  return new Set(builds.flatMap(({ id, buildComplete }) => (buildComplete === true && id ? [id] : [])));
}

function batchesOf<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / BATCH_SIZE);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE),
  );
}
