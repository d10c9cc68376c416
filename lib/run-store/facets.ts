/**
 * Writes and reads the run table's index by facet. A facet is a property that runs can be found by, such as a status or
 * a label.
 */
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  QueryCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';

import { facetItems, RUNS_BY_FACET_INDEX, type RunRecord } from '../contract/index.js';
import type { SendOptions } from '../s3-objects.js';
import { marshalled, type RunTable } from './record.js';

/**
 * Maximum number of items in one BatchWriteItem.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
const PUTS_MAX = 25;
/** Maximum number of times that items are sent. DynamoDB may leave items of a request unprocessed when it throttles. */
const ROUNDS_MAX = 3;

/**
 * Puts the items of a run into the index: one request for up to 25 facets. Repeating the call changes nothing.
 * @throws Error `ThrottlingException` if DynamoDB still leaves items unprocessed; the state machine retries it
 */
export async function putFacets(record: RunRecord, { dynamodb, runTable }: RunTable): Promise<void> {
  const puts = facetItems(record).map((item) => ({ PutRequest: { Item: marshalled(item) } }));
  for (let first = 0; first < puts.length; first += PUTS_MAX) {
    await putAll(puts.slice(first, first + PUTS_MAX), dynamodb, runTable);
  }
}

async function putAll(puts: WriteRequest[], dynamodb: DynamoDBClient, runTable: string): Promise<void> {
  let left = puts;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const command = new BatchWriteItemCommand({ RequestItems: { [runTable]: left } });
    const { UnprocessedItems = {} } = await dynamodb.send(command);
    left = UnprocessedItems[runTable] ?? [];
    if (left.length === 0) return;
  }
  throw Object.assign(
    new Error(
      `DynamoDB did not process ${left.length} items of the table ${runTable} in ${ROUNDS_MAX} requests.`,
    ),
    { name: 'ThrottlingException' },
  );
}

/** The first and last position to read, both included. A position is the time of a run and its id. */
export interface PositionRange {
  readonly from: string;
  readonly to: string;
}

/** Positions of one partition, latest first. */
export interface ReadPositions {
  readonly positions: readonly string[];
  /** Whether the range may have more positions. */
  readonly hasMore: boolean;
}

/**
 * Reads up to `limit` positions of one partition, latest first. The index is eventually consistent: DynamoDB updates it
 * usually within a second.
 */
export async function readPositions(
  partition: string,
  { from, to, limit }: PositionRange & { readonly limit: number },
  { dynamodb, runTable }: RunTable,
  options: SendOptions = {},
): Promise<ReadPositions> {
  const command = new QueryCommand({
    TableName: runTable,
    IndexName: RUNS_BY_FACET_INDEX,
    KeyConditionExpression: '#facet = :facet AND #position BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#facet': 'facet', '#position': 'position' },
    ExpressionAttributeValues: marshalled({ ':facet': partition, ':from': from, ':to': to }),
    Limit: limit,
    ScanIndexForward: false,
  });
  const { Items, LastEvaluatedKey } = await dynamodb.send(command, options);
  return { positions: positionsOf(Items), hasMore: LastEvaluatedKey !== undefined };
}

/** Reads the earliest position of a partition. @returns undefined for an empty partition */
export async function earliestPosition(
  partition: string,
  { dynamodb, runTable }: RunTable,
  options: SendOptions = {},
): Promise<string | undefined> {
  const command = new QueryCommand({
    TableName: runTable,
    IndexName: RUNS_BY_FACET_INDEX,
    KeyConditionExpression: '#facet = :facet',
    ExpressionAttributeNames: { '#facet': 'facet' },
    ExpressionAttributeValues: marshalled({ ':facet': partition }),
    Limit: 1,
  });
  const { Items } = await dynamodb.send(command, options);
  return positionsOf(Items)[0];
}

function positionsOf(items: readonly Record<string, AttributeValue>[] = []): string[] {
  return items.map(({ position }) => position?.S ?? '');
}
