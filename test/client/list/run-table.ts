import { setTimeout as sleep } from 'node:timers/promises';
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';

import type { Connection } from '../../../client/connection/connection.js';
import { facetItems, type RunRecord, statusEntry } from '../../../lib/contract/index.js';
import { createDynamodb } from '../../../lib/local/dynamodb/create-dynamodb.js';
import { startServer } from '../../../lib/local/server/start-server.js';
import { marshalled } from '../../../lib/run-store/record.js';
import { aRunRecord } from '../../contract/builders.js';
import { openTestPlaceContext } from '../../local/test-place-context.js';

const keys = (HASH: string, RANGE?: string) => [
  { AttributeName: HASH, KeyType: 'HASH' },
  ...(RANGE === undefined ? [] : [{ AttributeName: RANGE, KeyType: 'RANGE' }]),
];
const BY_DAY = {
  IndexName: 'byDay',
  KeySchema: keys('day', 'queuedAt'),
  Projection: { ProjectionType: 'ALL' },
};
const BY_FACET = {
  IndexName: 'byFacet',
  KeySchema: keys('facet', 'position'),
  Projection: { ProjectionType: 'KEYS_ONLY' },
};

/** The run table of a seedkit in a local DynamoDB, with the number of reads. */
export interface TestRunTable {
  readonly connection: Connection;
  readonly dynamodb: DynamoDBClient;
  /** Returns the requests by operation, and the number of items that they returned, since the last call. */
  takeReads(): { requests: Record<string, number>; items: number };
  /**
   * Writes records as the handlers do.
   * @param hasEntries whether the handlers also write index entries; earlier versions did not
   */
  put(records: readonly RunRecord[], hasEntries?: boolean): Promise<void>;
  close(): Promise<void>;
}

export async function openRunTable(runTable: string, hasIndex = true): Promise<TestRunTable> {
  const context = await openTestPlaceContext();
  const local = await createDynamodb(context);
  const server = await startServer({ context, services: [local.service], port: 0 });
  const { region, credentials } = context;
  const dynamodb = new DynamoDBClient({ endpoint: `http://127.0.0.1:${server.port}`, region, credentials });
  const attributes = ['runId', 'day', 'queuedAt', ...(hasIndex ? ['facet', 'position'] : [])];
  await local.tables.call('CreateTable', {
    TableName: runTable,
    KeySchema: keys('runId'),
    AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: hasIndex ? [BY_DAY, BY_FACET] : [BY_DAY],
    BillingMode: 'PAY_PER_REQUEST',
  });
  await untilActive(runTable, local.tables);
  const reads = countReads(dynamodb);
  return {
    dynamodb,
    connection: {
      seedkit: 'demo',
      deployed: async () => ({ runTable }),
      clients: { dynamoDb: async () => dynamodb },
    } as unknown as Connection,
    takeReads: () => reads.splice(0).reduce(added, { requests: {}, items: 0 }),
    async put(records, hasEntries = true) {
      const items = records.flatMap((record): object[] =>
        hasEntries ? [{ ...record, ...statusEntry(record) }, ...facetItems(record)] : [record],
      );
      for (let first = 0; first < items.length; first += 25) {
        const puts = items
          .slice(first, first + 25)
          .map((item) => ({ PutRequest: { Item: marshalled(item) } }));
        await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [runTable]: puts } }));
      }
    },
    async close() {
      dynamodb.destroy();
      await server.close();
      await local.close();
      await context.dispose();
    },
  };
}

interface Read {
  readonly operation: string;
  readonly items: number;
}

function countReads(dynamodb: DynamoDBClient): Read[] {
  const reads: Read[] = [];
  dynamodb.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (request) => {
        const answer = await next(request);
        const { Items = [], Responses = {} } = answer.output as {
          Items?: unknown[];
          Responses?: Record<string, unknown[]>;
        };
        reads.push({
          operation: commandName.replace('Command', ''),
          items: Items.length + Object.values(Responses).flat().length,
        });
        return answer;
      },
    { step: 'initialize' },
  );
  return reads;
}

function added(
  sum: { requests: Record<string, number>; items: number },
  { operation, items }: Read,
): { requests: Record<string, number>; items: number } {
  const count = (sum.requests[operation] ?? 0) + 1;
  return { requests: { ...sum.requests, [operation]: count }, items: sum.items + items };
}

/** Returns the record of a run that was queued the given number of minutes ago. */
export function aRunQueuedAgo(minutes: number, overrides: Partial<RunRecord> = {}): RunRecord {
  const queuedAt = new Date(Date.now() - minutes * 60_000).toISOString();
  const expiresAt = Math.floor(Date.now() / 1_000) + 86_400;
  return aRunRecord({ queuedAt, day: queuedAt.slice(0, 10), expiresAt, status: 'SUCCEEDED', ...overrides });
}

async function untilActive(TableName: string, tables: Awaited<ReturnType<typeof createDynamodb>>['tables']) {
  for (;;) {
    const { Table } = await tables.call('DescribeTable', { TableName });
    if ((Table as { TableStatus: string }).TableStatus === 'ACTIVE') return;
    await sleep(10);
  }
}
