/** Reads and updates the records of runs: one item per run in the table `codeseeder-<seedkit>-runs`. */
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

import {
  type MarshalledTransition,
  parseRunRecord,
  type RunRecord,
  type RunTransition,
  RUNS_BY_DAY_INDEX,
} from '../contract/index.js';
import type { SendOptions } from '../s3-objects.js';

/** The run table of a seedkit, with the client to use it. */
export interface RunTable {
  readonly dynamodb: DynamoDBClient;
  readonly runTable: string;
}

/** Marshals an item, or the values of an expression, for DynamoDB. Undefined members are left out. */
export function marshalled(value: object): Record<string, AttributeValue> {
  return marshall(value, { removeUndefinedValues: true, convertClassInstanceToMap: true });
}

/** Marshals the values of a transition, for the state machine to send. */
export function marshalledTransition({ values, ...expressions }: RunTransition): MarshalledTransition {
  return { ...expressions, ExpressionAttributeValues: marshalled(values) };
}

/** Reads a record with a consistent read. @returns undefined when the run has no record */
export async function readRecord(runId: string, table: RunTable): Promise<RunRecord | undefined> {
  const query = { TableName: table.runTable, Key: marshall({ runId }), ConsistentRead: true };
  const { Item } = await table.dynamodb.send(new GetItemCommand(query));
  return Item === undefined ? undefined : parseRunRecord(unmarshall(Item));
}

/** The result of one BatchGetItem. */
export interface ReadRecords {
  /** Records by run id. A run without a record is left out. */
  readonly records: ReadonlyMap<string, RunRecord>;
  /** Ids that DynamoDB did not process. Request them again later. */
  readonly unread: ReadonlySet<string>;
}

/** The items of records, as text, to find out whether an item has changed without parsing it. */
const itemTexts = new WeakMap<RunRecord, string>();

/**
 * Reads the records of up to 100 runs, whose ids differ, with a consistent read.
 * @param known records of an earlier read. Those that have not changed are returned again, without the work of parsing.
 *   @default all items are parsed
 */
export async function readRecords(
  runIds: readonly string[],
  table: RunTable,
  known?: readonly (RunRecord | undefined)[],
): Promise<ReadRecords> {
  const { dynamodb, runTable } = table;
  const Keys = runIds.map((runId) => marshall({ runId }));
  const command = new BatchGetItemCommand({ RequestItems: { [runTable]: { Keys, ConsistentRead: true } } });
  const { Responses, UnprocessedKeys } = await dynamodb.send(command);
  const items = Responses?.[runTable] ?? [];
  const records = known === undefined ? items.map(recordOf) : changedRecords(items, known);
  const unread = (UnprocessedKeys?.[runTable]?.Keys ?? []).map((key) => String(unmarshall(key)['runId']));
  return { records: new Map(records.map((record) => [record.runId, record])), unread: new Set(unread) };
}

function recordOf(item: Record<string, AttributeValue>): RunRecord {
  return parseRunRecord(unmarshall(item));
}

/** Returns the records of items. An item that has not changed gives the known record. */
function changedRecords(
  items: readonly Record<string, AttributeValue>[],
  known: readonly (RunRecord | undefined)[],
): RunRecord[] {
  const knownById = new Map(known.map((record) => [record?.runId, record]));
  return items.map((item) => {
    const text = JSON.stringify(item);
    const former = knownById.get(item['runId']?.S);
    if (former !== undefined && itemTexts.get(former) === text) return former;
    const record = recordOf(item);
    itemTexts.set(record, text);
    return record;
  });
}

/** Parameters of a query for one day. `within` is a further condition on the key, such as a range of times. */
export type DayQuery = Omit<Partial<QueryCommandInput>, 'KeyConditionExpression'> & {
  readonly within?: string | undefined;
};

/**
 * Reads the items of the runs that were queued on one day, by default all of them, oldest first.
 * @param day `YYYY-MM-DD` in UTC
 */
export async function* itemsOfDay(
  day: string,
  { dynamodb, runTable }: RunTable,
  { within, ...query }: DayQuery = {},
  options: SendOptions = {},
): AsyncGenerator<unknown> {
  const input: QueryCommandInput = {
    ...query,
    TableName: runTable,
    IndexName: RUNS_BY_DAY_INDEX,
    KeyConditionExpression: ['#day = :day', ...(within === undefined ? [] : [within])].join(' AND '),
    ExpressionAttributeNames: { ...query.ExpressionAttributeNames, '#day': 'day' },
    ExpressionAttributeValues: { ...query.ExpressionAttributeValues, ':day': { S: day } },
  };
  for await (const { Items = [] } of paginateQuery({ client: dynamodb }, input, options)) {
    for (const item of Items) yield unmarshall(item);
  }
}

/**
 * Applies one of the contract's transitions to a record.
 * @returns the attributes that `ReturnValues` selects, or undefined when the transition's condition does not hold
 */
export async function updateRecord(
  runId: string,
  { values, ...expressions }: RunTransition,
  { dynamodb, runTable }: RunTable,
  ReturnValues: 'NONE' | 'ALL_OLD' | 'ALL_NEW' = 'NONE',
): Promise<Record<string, unknown> | undefined> {
  const command = new UpdateItemCommand({
    ...expressions,
    // DynamoDB refuses an empty map of values.
    ExpressionAttributeValues: Object.keys(values).length > 0 ? marshalled(values) : undefined,
    TableName: runTable,
    Key: marshall({ runId }),
    ReturnValues,
  });
  try {
    const { Attributes = {} } = await dynamodb.send(command);
    return unmarshall(Attributes);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
