/** Reads and updates the records of runs: one item per run in the table `codeseeder-<seedkit>-runs`. */
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

import {
  type MarshalledTransition,
  parseRunRecord,
  type RunChange,
  type RunRecord,
  type RunTransition,
  RUNS_BY_BUILD_INDEX,
  RUNS_BY_DAY_INDEX,
  transitionOfActiveRun,
  transitionToBuild,
  transitionToAnnounced,
  transitionToBuildFound,
  transitionToBuildRequested,
  transitionToNoBuildRequested,
  transitionToPhase,
  transitionToQueuedReason,
  transitionToWaiting,
} from '../contract/index.js';

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
export async function readRecord(
  runId: string,
  { dynamodb, runTable }: RunTable,
): Promise<RunRecord | undefined> {
  const command = new GetItemCommand({ TableName: runTable, Key: marshall({ runId }), ConsistentRead: true });
  const { Item } = await dynamodb.send(command);
  return Item === undefined ? undefined : parseRunRecord(unmarshall(Item));
}

/** What one BatchGetItem read. */
export interface ReadRecords {
  /** By run id. A run without a record is not in it. */
  readonly records: ReadonlyMap<string, RunRecord>;
  /** Ids whose records DynamoDB left out of its answer. Read them later. */
  readonly unread: ReadonlySet<string>;
}

/** Reads the records of up to 100 runs, whose ids differ, with a consistent read. */
export async function readRecords(
  runIds: readonly string[],
  { dynamodb, runTable }: RunTable,
): Promise<ReadRecords> {
  const Keys = runIds.map((runId) => marshall({ runId }));
  const command = new BatchGetItemCommand({ RequestItems: { [runTable]: { Keys, ConsistentRead: true } } });
  const { Responses, UnprocessedKeys } = await dynamodb.send(command);
  const records = (Responses?.[runTable] ?? []).map((item) => parseRunRecord(unmarshall(item)));
  const unread = (UnprocessedKeys?.[runTable]?.Keys ?? []).map((key) => String(unmarshall(key)['runId']));
  return { records: new Map(records.map((record) => [record.runId, record])), unread: new Set(unread) };
}

/** Selects the items of one day. */
export interface DayQuery extends Pick<
  QueryCommandInput,
  'FilterExpression' | 'ExpressionAttributeNames' | 'ScanIndexForward'
> {
  /** `YYYY-MM-DD` in UTC. */
  readonly day: string;
  /** Values of the filter as plain JSON, by placeholder such as `:status`. */
  readonly values?: Readonly<Record<string, unknown>>;
  readonly abortSignal?: AbortSignal;
}

/** Reads the items of the runs that were queued on one day, by default oldest first. */
export async function* itemsOfDay(
  { day, values = {}, abortSignal, ExpressionAttributeNames, ...query }: DayQuery,
  { dynamodb, runTable }: RunTable,
): AsyncGenerator<unknown> {
  const input: QueryCommandInput = {
    ...query,
    TableName: runTable,
    IndexName: RUNS_BY_DAY_INDEX,
    KeyConditionExpression: '#day = :day',
    ExpressionAttributeNames: { ...ExpressionAttributeNames, '#day': 'day' },
    ExpressionAttributeValues: marshall({ ...values, ':day': day }),
  };
  for await (const { Items = [] } of paginateQuery(
    { client: dynamodb },
    input,
    abortSignal && { abortSignal },
  )) {
    for (const item of Items) yield unmarshall(item);
  }
}

/**
 * Records that a build is about to be requested. Keeps the time of an earlier request that had no answer.
 * @returns the record before the update, or undefined when the run has ended
 */
export async function recordBuildRequest(
  runId: string,
  at: Date,
  table: RunTable,
): Promise<RunRecord | undefined> {
  const before = await update(runId, transitionToBuildRequested(at.toISOString()), table, 'ALL_OLD');
  return before && parseRunRecord(before);
}

/** Records a new request, after an earlier one started no build. @returns false when the run has ended */
export async function renewBuildRequest(runId: string, at: Date, table: RunTable): Promise<boolean> {
  const transition = transitionOfActiveRun({ buildRequestedAt: at.toISOString() });
  return (await update(runId, transition, table)) !== undefined;
}

/** Records that the request for a build started none. @param refusal the error that CodeBuild answered with, if any */
export async function withdrawBuildRequest(runId: string, table: RunTable, refusal?: Error): Promise<void> {
  await update(runId, transitionToNoBuildRequested(refusal?.message), table);
}

/** Records why CodeBuild refused a build. Keeps the request, as an earlier attempt at it may have started a build. */
export async function recordRefusal(runId: string, refusal: Error, table: RunTable): Promise<void> {
  await update(runId, transitionToQueuedReason(refusal.message), table);
}

/** Records the build of a run. @returns the updated record, or undefined when the run has ended */
export async function recordBuild(
  runId: string,
  build: { readonly buildId: string; readonly phase: string },
  table: RunTable,
): Promise<RunRecord | undefined> {
  const record = await update(runId, transitionToBuild(build.buildId, build.phase), table, 'ALL_NEW');
  return record && parseRunRecord(record);
}

/** Records the token that ends the state machine's wait for the build. @returns false when the run has ended */
export async function recordWaiting(runId: string, taskToken: string, table: RunTable): Promise<boolean> {
  return (await update(runId, transitionToWaiting(taskToken), table)) !== undefined;
}

/**
 * Records the phase of a build. Changes nothing when the record has that phase or a later one or names another build, or
 * the run has ended.
 */
export async function recordPhase(
  runId: string,
  build: { readonly buildId: string; readonly phase: string },
  table: RunTable,
): Promise<void> {
  await update(runId, transitionToPhase(build.buildId, build.phase), table);
}

/**
 * Finds the run of a build. The index that is read is eventually consistent: a build of the last second may not be found,
 * and the run's record may name another build by now.
 * @returns the run's id, or undefined when there is none
 */
export async function findRunOfBuild(
  buildId: string,
  { dynamodb, runTable }: RunTable,
): Promise<string | undefined> {
  const query = new QueryCommand({
    TableName: runTable,
    IndexName: RUNS_BY_BUILD_INDEX,
    KeyConditionExpression: 'buildId = :buildId',
    ExpressionAttributeValues: marshall({ ':buildId': buildId }),
  });
  const { Items: [key] = [] } = await dynamodb.send(query);
  return key?.['runId']?.S;
}

/**
 * Reads the token that ends the state machine's wait for a build.
 * @returns undefined when the machine does not wait yet, the run has ended, or its record names another build
 */
export async function readTaskToken(
  runId: string,
  buildId: string,
  { dynamodb, runTable }: RunTable,
): Promise<string | undefined> {
  const command = new GetItemCommand({ TableName: runTable, Key: marshall({ runId }), ConsistentRead: true });
  const { Item = {} } = await dynamodb.send(command);
  return Item['buildId']?.S === buildId ? Item['taskToken']?.S : undefined;
}

/** Records the build of a run that has ended, which links the record to the build's log. */
export async function recordFoundBuild(runId: string, buildId: string, table: RunTable): Promise<void> {
  await update(runId, transitionToBuildFound(buildId), table);
}

/**
 * Ends the record of a run, unless another writer ended it first.
 * @param base the record to create when the run has none
 */
export async function recordEnd(
  runId: string,
  end: RunChange,
  base: RunRecord | undefined,
  table: RunTable,
): Promise<void> {
  const { runId: _runId, ...attributes }: Partial<RunRecord> = base ?? {};
  await update(runId, transitionOfActiveRun(end, attributes), table);
}

/** Records that the event of a run's end was sent. */
export async function recordAnnouncement(runId: string, at: Date, table: RunTable): Promise<void> {
  await update(runId, transitionToAnnounced(at.toISOString()), table);
}

/** @returns the attributes that `ReturnValues` selects, or undefined when the transition's condition does not hold */
async function update(
  runId: string,
  { values, ...expressions }: RunTransition,
  { dynamodb, runTable }: RunTable,
  ReturnValues: 'NONE' | 'ALL_OLD' | 'ALL_NEW' = 'NONE',
): Promise<Record<string, unknown> | undefined> {
  const command = new UpdateItemCommand({
    ...expressions,
    // DynamoDB refuses an empty map.
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
