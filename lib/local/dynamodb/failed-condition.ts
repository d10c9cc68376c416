import { AwsError } from '../wire/aws-error.js';
import type { DynaliteEngine } from './dynalite-engine.js';

interface ConditionalWrite {
  readonly TableName?: string;
  readonly Key?: Readonly<Record<string, unknown>>;
  readonly Item?: Readonly<Record<string, unknown>>;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

/**
 * Runs a conditional write. If the condition fails and the request asks for the item, adds the item to the error.
 */
export async function returnItemOfFailedCondition<T>(
  engine: DynaliteEngine,
  write: ConditionalWrite,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (
      write.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD' ||
      !(error instanceof AwsError) ||
      error.code !== 'ConditionalCheckFailedException'
    ) {
      throw error;
    }
    const { TableName } = write;
    const Key = write.Key ?? (await keyOf(engine, write));
    const { Item } = await engine.call('GetItem', { TableName, Key, ConsistentRead: true });
    throw Item === undefined
      ? error
      : new AwsError(error.code, error.message, error.statusCode, { ...error.members, Item });
  }
}

async function keyOf(engine: DynaliteEngine, write: ConditionalWrite): Promise<Record<string, unknown>> {
  const { Table } = await engine.call('DescribeTable', { TableName: write.TableName });
  const { KeySchema } = Table as { KeySchema: { AttributeName: string }[] };
  return Object.fromEntries(
    KeySchema.map(({ AttributeName }) => [AttributeName, write.Item?.[AttributeName]]),
  );
}
