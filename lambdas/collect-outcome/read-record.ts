import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

import { parseRunRecord, type RunRecord } from '../../lib/contract/index.js';

export async function readRecord(
  runId: string,
  { dynamodb, runTable }: { readonly dynamodb: DynamoDBClient; readonly runTable: string },
): Promise<RunRecord | undefined> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: runTable, Key: marshall({ runId }), ConsistentRead: true }),
  );
  return Item === undefined ? undefined : parseRunRecord(unmarshall(Item));
}
