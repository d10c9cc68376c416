import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

import {
  boundedText,
  CodeseederError,
  FAILURE_MESSAGE_MAX_CHARACTERS,
  type MarshalledTransition,
  parseRunRecord,
  type RunChange,
  type RunRecord,
  type RunTransition,
  transitionOfActiveRun,
} from '../../lib/contract/index.js';

export interface RunTable {
  readonly dynamodb: DynamoDBClient;
  readonly runTable: string;
}

export function transitionToBuilding(change: RunChange): MarshalledTransition {
  return marshalled(transitionOfActiveRun(change));
}

/**
 * Notes that CodeBuild is about to be asked, unless an earlier attempt is noted.
 * @returns the record as it was before
 * @throws CodeseederError `RunCanceled` when the run is over
 */
export async function noteAttempt(runId: string, at: Date, table: RunTable): Promise<RunRecord> {
  const { UpdateExpression: _set, ...condition } = transitionOfActiveRun({
    buildRequestedAt: at.toISOString(),
  });
  const transition = {
    ...condition,
    UpdateExpression: 'SET #buildRequestedAt = if_not_exists(#buildRequestedAt, :buildRequestedAt)',
  };
  return orCanceled(runId, await update(runId, marshalled(transition), 'ALL_OLD', table));
}

/** Notes a new attempt in place of one that is known to have started nothing. */
export async function renewAttempt(runId: string, at: Date, table: RunTable): Promise<void> {
  const transition = transitionOfActiveRun({ buildRequestedAt: at.toISOString() });
  orCanceled(runId, await update(runId, marshalled(transition), 'ALL_NEW', table));
}

/** Takes a noted attempt back, and notes why: CodeBuild answered that it started nothing. */
export async function forgetAttempt(runId: string, refusal: Error, table: RunTable): Promise<void> {
  await update(
    runId,
    {
      UpdateExpression: 'SET #queuedReason = :queuedReason REMOVE #buildRequestedAt',
      ConditionExpression: 'attribute_exists(#runId)',
      ExpressionAttributeNames: {
        '#buildRequestedAt': 'buildRequestedAt',
        '#queuedReason': 'queuedReason',
        '#runId': 'runId',
      },
      ExpressionAttributeValues: marshall({
        ':queuedReason': boundedText(refusal.message, FAILURE_MESSAGE_MAX_CHARACTERS),
      }),
    },
    'ALL_NEW',
    table,
  );
}

/** @returns the record with the build's id, or `undefined` when the run is over */
export async function noteBuild(
  runId: string,
  buildId: string,
  table: RunTable,
): Promise<RunRecord | undefined> {
  return update(runId, marshalled(transitionOfActiveRun({ buildId })), 'ALL_NEW', table);
}

async function update(
  runId: string,
  input: Partial<UpdateItemCommandInput>,
  returned: 'ALL_OLD' | 'ALL_NEW',
  { dynamodb, runTable }: RunTable,
): Promise<RunRecord | undefined> {
  try {
    const { Attributes = {} } = await dynamodb.send(
      new UpdateItemCommand({
        ...input,
        TableName: runTable,
        Key: marshall({ runId }),
        ReturnValues: returned,
      }),
    );
    return parseRunRecord(unmarshall(Attributes));
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

function orCanceled(runId: string, record: RunRecord | undefined): RunRecord {
  if (record !== undefined) return record;
  throw new CodeseederError(
    'RunCanceled',
    `The run ${runId} is over or was never recorded: no build for it.`,
  );
}

function marshalled({ values, ...expressions }: RunTransition) {
  return {
    ...expressions,
    ExpressionAttributeValues: marshall(values, {
      removeUndefinedValues: true,
      convertClassInstanceToMap: true,
    }),
  };
}
