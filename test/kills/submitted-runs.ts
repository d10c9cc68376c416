import { BatchGetBuildsCommand, CodeBuildClient, paginateListBuilds } from '@aws-sdk/client-codebuild';

import { CodeseederError, type RunRecord, type Seedkit } from '../../client/index.js';
import { isTerminal } from '../../lib/contract/index.js';
import { allReceived, type Received } from '../end-to-end/received-events.js';

/** Commands with different durations. */
const COMMANDS = ['true', 'sleep 0.3', 'sleep 2', 'exit 3', 'sleep 600'];
/** Maximum number of runs to list. It is larger than the number of runs. */
const ALL = { limit: 100_000 };

/** The runs that were submitted to a local AWS, and checks of how they ended. */
export interface SubmittedRuns {
  /** Returns the number of acknowledged submissions. */
  count(): number;
  /** Submits one run. @throws any error when the local AWS does not respond */
  submit(runId: string): Promise<void>;
  /**
   * Returns a sentence for each run that is missing, and for each run whose end has changed. Can be called while runs
   * are active.
   */
  breachesSoFar(): Promise<string[]>;
  /** Returns whether the end of each run is recorded and announced. */
  haveEnded(): Promise<boolean>;
  /** Returns all breaches. Call it after all runs have ended. */
  breaches(): Promise<string[]>;
}

export function submittedRuns(kit: Seedkit): SubmittedRuns {
  const acknowledged = new Set<string>();
  /** For each run, the end that was read first. */
  const ends = new Map<string, string>();

  function changedEnd(record: RunRecord): string[] {
    if (!isTerminal(record.status)) return [];
    const end = `${record.status} ${record.finishedAt} ${record.failure?.code}`;
    const first = ends.get(record.runId) ?? end;
    ends.set(record.runId, first);
    return first === end ? [] : [`the run ${record.runId} ended as ${first} and now as ${end}`];
  }

  return {
    count: () => acknowledged.size,
    async submit(runId) {
      const command = COMMANDS[acknowledged.size % COMMANDS.length] ?? '';
      const build = { exportedVariables: ['OWN_ID'] };
      await kit.submitCommands([`export OWN_ID=${runId}`, command], { runId, build });
      acknowledged.add(runId);
    },
    async breachesSoFar() {
      const gone = await Promise.all([...acknowledged].map((runId) => isGone(kit, runId)));
      return [...gone.flat(), ...(await kit.runs.list(ALL)).flatMap(changedEnd)];
    },
    async haveEnded() {
      const records = await kit.runs.list(ALL);
      const over = records.filter(({ announcedAt }) => announcedAt !== undefined);
      const ids = new Set(over.map(({ runId }) => runId));
      return over.length === records.length && [...acknowledged].every((runId) => ids.has(runId));
    },
    async breaches() {
      const [records, events] = [await kit.runs.list(ALL), await allReceived()];
      return [
        ...records.flatMap((record) => [
          ...changedEnd(record),
          ...wrongValue(record),
          ...unannounced(record, events),
        ]),
        ...(await buildsInProgress()),
      ];
    },
  };
}

async function isGone(kit: Seedkit, runId: string): Promise<string[]> {
  try {
    await kit.attach(runId);
    return [];
  } catch (error) {
    if (!(error instanceof CodeseederError) || error.code !== 'RunNotFound') throw error;
    return [`the run ${runId} was acknowledged and is gone`];
  }
}

/** Checks that a successful run has the value of its own build, and that any other run has a failure. */
function wrongValue({ runId, status, exportedVariables, failure }: RunRecord): string[] {
  if (status !== 'SUCCEEDED')
    return failure === undefined ? [`the run ${runId} is ${status} and does not say why`] : [];
  const value = exportedVariables?.['OWN_ID'];
  return value === runId ? [] : [`the run ${runId} passed with ${value} of another run, or of none`];
}

function unannounced({ runId, status }: RunRecord, events: readonly Received[]): string[] {
  const announced = events.filter(({ detail }) => detail.runId === runId).map(({ detail }) => detail.status);
  const ends = new Set(announced.filter((of) => isTerminal(of)));
  if (ends.size === 1 && ends.has(status as never)) return [];
  return [`the run ${runId} is ${status}, and its events announced ${[...ends].join(', ') || 'no end'}`];
}

async function buildsInProgress(): Promise<string[]> {
  const client = new CodeBuildClient({});
  const going: string[] = [];
  for await (const { ids = [] } of paginateListBuilds({ client }, {})) {
    if (ids.length === 0) continue;
    const { builds = [] } = await client.send(new BatchGetBuildsCommand({ ids: ids.slice(0, 100) }));
    going.push(...builds.filter(({ buildComplete }) => buildComplete !== true).map(({ id }) => id ?? ''));
  }
  return going.map((id) => `the build ${id} goes on though every run is over`);
}
