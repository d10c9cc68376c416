import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

import {
  parseRunRecord,
  type RunChange,
  type RunRecord,
  type RunTransition,
  transitionOfActiveRun,
  transitionToAnnounced,
} from '../../lib/contract/index.js';

export interface RunTable {
  readonly dynamodb: DynamoDBClient;
  readonly runTable: string;
}

export async function readRecord(
  runId: string,
  { dynamodb, runTable }: RunTable,
): Promise<RunRecord | undefined> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: runTable, Key: marshall({ runId }), ConsistentRead: true }),
  );
  return Item === undefined ? undefined : parseRunRecord(unmarshall(Item));
}

/** Ends a record that is not over; one that somebody else ended meanwhile is left as it is. */
export async function noteEnd(
  runId: string,
  change: RunChange,
  newRecord: RunRecord | undefined,
  table: RunTable,
): Promise<void> {
  const { runId: _runId, ...base }: Partial<RunRecord> = newRecord ?? {};
  try {
    await update(runId, transitionOfActiveRun(change, base), table);
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

export async function noteAnnounced(runId: string, at: Date, table: RunTable): Promise<void> {
  await update(runId, transitionToAnnounced(at.toISOString()), table);
}

/** Notes the build of a run that is over, so that its log can be found. */
export async function noteBuild(runId: string, buildId: string, table: RunTable): Promise<void> {
  const change = {
    UpdateExpression: 'SET #buildId = :buildId',
    ConditionExpression: 'attribute_exists(#runId)',
    ExpressionAttributeNames: { '#buildId': 'buildId', '#runId': 'runId' },
    values: { ':buildId': buildId },
  };
  await update(runId, change, table);
}

/** Notes that no build came of the attempt to start one. */
export async function forgetBuildRequest(runId: string, table: RunTable): Promise<void> {
  const change = {
    UpdateExpression: 'REMOVE #buildRequestedAt',
    ConditionExpression: 'attribute_exists(#runId)',
    ExpressionAttributeNames: { '#buildRequestedAt': 'buildRequestedAt', '#runId': 'runId' },
  };
  await update(runId, change, table);
}

async function update(
  runId: string,
  { values, ...expressions }: Omit<RunTransition, 'values'> & Partial<RunTransition>,
  { dynamodb, runTable }: RunTable,
): Promise<void> {
  await dynamodb.send(
    new UpdateItemCommand({
      ...expressions,
      ...(values !== undefined && {
        ExpressionAttributeValues: marshall(values, {
          removeUndefinedValues: true,
          convertClassInstanceToMap: true,
        }),
      }),
      TableName: runTable,
      Key: marshall({ runId }),
    }),
  );
}
