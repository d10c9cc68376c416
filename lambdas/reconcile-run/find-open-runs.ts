import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';

import {
  ACTIVE_STATUSES,
  isTerminal,
  RUN_STATUSES,
  RUNS_BY_DAY_INDEX,
  type TerminalStatus,
} from '../../lib/contract/index.js';

export interface FindOpenRunsDependencies {
  readonly dynamodb: DynamoDBClient;
  readonly runTable: string;
  readonly now: () => Date;
}

export interface OpenRun {
  readonly runId: string;
  readonly executionArn: string;
}

/**
 * A run lasts 8 h in the queue and 36 h in its build at most, so with a day to spare the newest four days hold
 * every run that can be open. Reading these days of the index costs what these days hold; a scan would read every
 * record of the year each time.
 */
const DAYS = 4;
const MS_PER_DAY = 86_400_000;

/** How long builds of ended runs are looked after: three sweeps, should the event of the end have been lost. */
const BUILD_CARE_MS = 15 * 60_000;

/** How long the machine itself has to announce an end. */
const ANNOUNCEMENT_MS = 2 * 60_000;

const openRunSchema = z.object({
  runId: z.string(),
  executionArn: z.string(),
  status: z.enum(RUN_STATUSES),
  finishedAt: z.string().optional(),
  announcedAt: z.string().optional(),
});

/**
 * The runs that are not over, those whose end was not announced though it is older than two minutes, and those that
 * may have left a build behind: asked for and never recorded, or recorded by a run that ended badly just now.
 */
export async function findOpenRuns(dependencies: FindOpenRunsDependencies): Promise<OpenRun[]> {
  const nowMs = dependencies.now().getTime();
  const runs: OpenRun[] = [];
  for (let age = 0; age < DAYS; age++) {
    const day = new Date(nowMs - age * MS_PER_DAY).toISOString().slice(0, 10);
    for await (const { status, finishedAt, announcedAt, ...run } of openRunsOfDay(day, dependencies)) {
      const isFresh = finishedAt !== undefined && nowMs - Date.parse(finishedAt) <= ANNOUNCEMENT_MS;
      const isLeftToMachine = isTerminal(status) && announcedAt === undefined && isFresh;
      if (!isLeftToMachine) runs.push(run);
    }
  }
  return runs;
}

const SUCCEEDED: TerminalStatus = 'SUCCEEDED';

async function* openRunsOfDay(day: string, { dynamodb, runTable, now }: FindOpenRunsDependencies) {
  const recently = new Date(now().getTime() - BUILD_CARE_MS).toISOString();
  const active = ACTIVE_STATUSES.map((status, index) => [`:active${index}`, status] as const);
  const pages = paginateQuery(
    { client: dynamodb },
    {
      TableName: runTable,
      IndexName: RUNS_BY_DAY_INDEX,
      KeyConditionExpression: '#day = :day',
      FilterExpression: [
        `#status IN (${active.map(([name]) => name).join(', ')})`,
        'attribute_not_exists(#announcedAt)',
        '(attribute_exists(#buildRequestedAt) AND attribute_not_exists(#buildId))',
        '(#status <> :succeeded AND #finishedAt > :recently AND attribute_exists(#buildId))',
      ].join(' OR '),
      ExpressionAttributeNames: {
        '#day': 'day',
        '#status': 'status',
        '#announcedAt': 'announcedAt',
        '#buildRequestedAt': 'buildRequestedAt',
        '#buildId': 'buildId',
        '#finishedAt': 'finishedAt',
      },
      ExpressionAttributeValues: marshall({
        ':day': day,
        ':succeeded': SUCCEEDED,
        ':recently': recently,
        ...Object.fromEntries(active),
      }),
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) yield openRunSchema.parse(unmarshall(item));
  }
}
