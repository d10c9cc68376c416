import { parseRunRecord, RUNS_BY_DAY_INDEX, type RunRecord } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import type { ListRunsOptions } from '../seedkit-types.js';

const DAY_MS = 86_400_000;

/** A run's record, read consistently; undefined where there is none, or it has expired. */
export async function findRecord(runId: string, connection: Connection): Promise<RunRecord | undefined> {
  const { GetItemCommand } = await import('@aws-sdk/client-dynamodb');
  const { unmarshall } = await import('@aws-sdk/util-dynamodb');
  const { runTable } = await connection.deployed();
  const dynamoDb = await connection.clients.dynamoDb();
  const { Item } = await dynamoDb.send(
    new GetItemCommand({ TableName: runTable, Key: { runId: { S: runId } }, ConsistentRead: true }),
  );
  if (Item === undefined) return undefined;
  const record = parseRunRecord(unmarshall(Item));
  return isExpired(record) ? undefined : record;
}

/** Records, newest first, day by day. */
export async function listRecords(
  connection: Connection,
  options: ListRunsOptions = {},
): Promise<RunRecord[]> {
  const { limit = 20, days = 30, status, signal } = options;
  const found: RunRecord[] = [];
  for (let age = 0; age < days && found.length < limit; age += 1) {
    const day = new Date(Date.now() - age * DAY_MS).toISOString().slice(0, 10);
    for await (const record of recordsOfDay(day, connection, signal)) {
      if (isExpired(record) || (status !== undefined && record.status !== status)) continue;
      found.push(record);
      if (found.length >= limit) break;
    }
  }
  return found;
}

async function* recordsOfDay(
  day: string,
  connection: Connection,
  signal: AbortSignal | undefined,
): AsyncGenerator<RunRecord> {
  const { paginateQuery } = await import('@aws-sdk/client-dynamodb');
  const { unmarshall } = await import('@aws-sdk/util-dynamodb');
  const { runTable } = await connection.deployed();
  const client = await connection.clients.dynamoDb();
  const pages = paginateQuery(
    { client },
    {
      TableName: runTable,
      IndexName: RUNS_BY_DAY_INDEX,
      KeyConditionExpression: '#day = :day',
      ExpressionAttributeNames: { '#day': 'day' },
      ExpressionAttributeValues: { ':day': { S: day } },
      ScanIndexForward: false,
    },
    signal === undefined ? {} : { abortSignal: signal },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) yield parseRunRecord(unmarshall(item));
  }
}

/** DynamoDB deletes late. */
function isExpired(record: RunRecord): boolean {
  return record.expiresAt * 1_000 <= Date.now();
}
