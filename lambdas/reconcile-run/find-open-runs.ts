import { z } from 'zod';

import { ACTIVE_STATUSES, isTerminal, RUN_STATUSES, type TerminalStatus } from '../../lib/contract/index.js';
import { itemsOfDay, marshalled, type RunTable } from '../../lib/run-store/record.js';

export interface FindOpenRunsDependencies extends RunTable {
  readonly now: () => Date;
}

/**
 * A run waits at most 8 hours and builds at most 36 hours, so every open run is among the newest four days, with a day
 * to spare. A query of these days reads only their records. A scan would read all records, which are kept for a year.
 */
export const OPEN_RUN_DAYS = 4;
const MS_PER_DAY = 86_400_000;

/**
 * Time after a run's end in which sweeps check that its build has ended. Twelve sweeps fit. Each may fail to read or to
 * stop the build, because CodeBuild throttles an account with many builds.
 */
const BUILD_CARE_MS = 60 * 60_000;

/** Time that the state machine has to announce an end before the sweep does it. */
const ANNOUNCEMENT_MS = 2 * 60_000;

const openRunSchema = z.object({
  runId: z.string(),
  executionArn: z.string(),
  status: z.enum(RUN_STATUSES),
  queuedAt: z.string(),
  finishedAt: z.string().optional(),
  announcedAt: z.string().optional(),
  buildId: z.string().optional(),
});

/** The members of a record that the sweep uses. */
export type OpenRun = z.infer<typeof openRunSchema>;

/**
 * Finds the runs that have not ended, the runs whose end was not announced within two minutes, and the runs whose build
 * may still run: it was requested but not recorded, or the run ended without success in the last hour.
 */
export async function findOpenRuns(dependencies: FindOpenRunsDependencies): Promise<OpenRun[]> {
  const nowMs = dependencies.now().getTime();
  const runs: OpenRun[] = [];
  for (let age = 0; age < OPEN_RUN_DAYS; age++) {
    const day = new Date(nowMs - age * MS_PER_DAY).toISOString().slice(0, 10);
    for await (const run of openRunsOfDay(day, dependencies)) {
      const { status, finishedAt, announcedAt } = run;
      const isFresh = finishedAt !== undefined && nowMs - Date.parse(finishedAt) <= ANNOUNCEMENT_MS;
      const isLeftToMachine = isTerminal(status) && announcedAt === undefined && isFresh;
      if (!isLeftToMachine) runs.push(run);
    }
  }
  return runs;
}

const SUCCEEDED: TerminalStatus = 'SUCCEEDED';

async function* openRunsOfDay(day: string, dependencies: FindOpenRunsDependencies) {
  const recently = new Date(dependencies.now().getTime() - BUILD_CARE_MS).toISOString();
  const active = ACTIVE_STATUSES.map((status, index) => [`:active${index}`, status] as const);
  const query = {
    FilterExpression: [
      `#status IN (${active.map(([name]) => name).join(', ')})`,
      'attribute_not_exists(#announcedAt)',
      '(attribute_exists(#buildRequestedAt) AND attribute_not_exists(#buildId))',
      '(#status <> :succeeded AND #finishedAt > :recently AND attribute_exists(#buildId))',
    ].join(' OR '),
    ExpressionAttributeNames: {
      '#status': 'status',
      '#announcedAt': 'announcedAt',
      '#buildRequestedAt': 'buildRequestedAt',
      '#buildId': 'buildId',
      '#finishedAt': 'finishedAt',
    },
    ExpressionAttributeValues: marshalled({
      ':succeeded': SUCCEEDED,
      ':recently': recently,
      ...Object.fromEntries(active),
    }),
  };
  for await (const item of itemsOfDay(day, dependencies, query)) yield openRunSchema.parse(item);
}
