import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';
import { harmless } from '../wire/operation.js';
import type { DynaliteEngine, StoredTable } from './dynalite-engine.js';

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })).min(1);
const ON_DEMAND = 'throughput is not limited';

const createSchema = z.strictObject({
  IndexName: z.string().regex(/^[\w.-]{3,255}$/),
  KeySchema: keySchema,
  Projection: z.object({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
  OnDemandThroughput: harmless(z.unknown(), ON_DEMAND),
  WarmThroughput: harmless(z.unknown(), ON_DEMAND),
  ProvisionedThroughput: harmless(z.unknown(), ON_DEMAND),
});

/** Members of UpdateTable that create and delete indexes, which dynalite does not support. */
export const INDEX_UPDATE_MEMBERS = {
  AttributeDefinitions: z
    .array(z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }))
    .optional(),
  GlobalSecondaryIndexUpdates: z
    .array(
      z.strictObject({
        Create: createSchema.optional(),
        Delete: z.strictObject({ IndexName: z.string() }).optional(),
        Update: z.unknown().optional(),
      }),
    )
    .optional(),
};

type IndexUpdates = z.output<z.ZodObject<typeof INDEX_UPDATE_MEMBERS>> & { readonly TableName: string };

/** Returns whether an UpdateTable request creates or deletes an index. */
export function changesIndexes({
  GlobalSecondaryIndexUpdates: updates = [],
}: Partial<IndexUpdates>): boolean {
  return updates.some(({ Create, Delete }) => Create !== undefined || Delete !== undefined);
}

/**
 * Creates or deletes one index of a table, including the entries of existing items. If the process is killed while an
 * index is created, repeating the call finishes the creation. The caller must serialize the changes of a table.
 * @throws AwsError with DynamoDB's code
 */
export async function updateIndexes(engine: DynaliteEngine, input: IndexUpdates): Promise<void> {
  const { TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates = [] } = input;
  const changes = GlobalSecondaryIndexUpdates.filter(({ Create, Delete }) => Create ?? Delete);
  const [change] = changes;
  if (change === undefined || changes.length > 1 || GlobalSecondaryIndexUpdates.length > 1) {
    throw new AwsError(
      'LimitExceededException',
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    );
  }
  const { Create, Delete } = change;
  if (Delete !== undefined) await deleteIndex(engine, TableName, Delete.IndexName);
  if (Create !== undefined) await createIndex(engine, TableName, Create, AttributeDefinitions ?? []);
}

async function deleteIndex(engine: DynaliteEngine, tableName: string, name: string): Promise<void> {
  await engine.changeTable(tableName, (table) => {
    refuseChanging(tableName, table);
    const indexes = table.GlobalSecondaryIndexes ?? [];
    if (!indexes.some(({ IndexName }) => IndexName === name))
      throw new AwsError('ResourceNotFoundException', `Requested resource not found: Index: ${name}`);
    const left = indexes.filter(({ IndexName }) => IndexName !== name);
    if (left.length > 0) table.GlobalSecondaryIndexes = left;
    else delete table.GlobalSecondaryIndexes;
    const used = new Set([table, ...left].flatMap(({ KeySchema }) => KeySchema.map(attributeOf)));
    table.AttributeDefinitions = table.AttributeDefinitions.filter((each) => used.has(attributeOf(each)));
  });
  await engine.deleteEntries(tableName, name);
}

async function createIndex(
  engine: DynaliteEngine,
  tableName: string,
  { IndexName, KeySchema, Projection }: z.output<typeof createSchema>,
  definitions: { readonly AttributeName: string; readonly AttributeType: string }[],
): Promise<void> {
  const attributes = KeySchema.map(attributeOf);
  const { Table } = await engine.call('DescribeTable', { TableName: tableName });
  const { GlobalSecondaryIndexes: known = [] } = Table as Pick<StoredTable, 'GlobalSecondaryIndexes'>;
  // A failed deletion of an index of this name may have left its entries.
  if (known.every((index) => index.IndexName !== IndexName)) await engine.deleteEntries(tableName, IndexName);
  await engine.changeTable(tableName, (table) => {
    refuseChanging(tableName, table);
    const indexes = table.GlobalSecondaryIndexes ?? [];
    const existing = indexes.find((index) => index.IndexName === IndexName);
    if (existing?.IndexStatus === 'ACTIVE')
      throw validation(`Attempting to create an index which already exists: ${IndexName}`);
    if (existing !== undefined) return;
    const defined = new Map(
      [...table.AttributeDefinitions, ...definitions].map((each) => [attributeOf(each), each]),
    );
    const missing = attributes.filter((attribute) => !defined.has(attribute));
    if (missing.length > 0)
      throw validation(
        `Some index key attributes are not defined in AttributeDefinitions. Keys: [${missing.join(', ')}]`,
      );
    table.AttributeDefinitions = [...defined.values()];
    table.GlobalSecondaryIndexes = [
      ...indexes,
      {
        IndexName,
        KeySchema,
        Projection,
        IndexArn: `${table.TableArn}/index/${IndexName}`,
        IndexSizeBytes: 0,
        ItemCount: 0,
        IndexStatus: 'CREATING',
        ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 },
      },
    ];
  });
  await addEntries(engine, tableName, attributes);
  await engine.changeTable(tableName, (table) => {
    const index = table.GlobalSecondaryIndexes?.find((each) => each.IndexName === IndexName);
    if (index !== undefined) index.IndexStatus = 'ACTIVE';
  });
}

/**
 * Adds the existing items to a new index: updates each item without a change, which writes its entries in all
 * indexes.
 */
async function addEntries(engine: DynaliteEngine, tableName: string, attributes: string[]): Promise<void> {
  const { Table } = await engine.call('DescribeTable', { TableName: tableName });
  const keys = (Table as { KeySchema: { AttributeName: string }[] }).KeySchema.map(attributeOf);
  const names = Object.fromEntries([...keys, ...attributes].map((name, index) => [`#a${index}`, name]));
  const [key = ''] = Object.keys(names);
  for (let start: unknown, hasMore = true; hasMore;) {
    const page = await engine.call('Scan', {
      TableName: tableName,
      ExclusiveStartKey: start,
      FilterExpression: Object.keys(names)
        .map((name) => `attribute_exists(${name})`)
        .join(' AND '),
      ExpressionAttributeNames: names,
    });
    for (const item of page.Items as Record<string, unknown>[]) {
      await touch(engine, tableName, Object.fromEntries(keys.map((name) => [name, item[name]])), {
        ConditionExpression: `attribute_exists(${key})`,
        ExpressionAttributeNames: { [key]: names[key] },
      });
    }
    start = page.LastEvaluatedKey;
    hasMore = start !== undefined;
  }
}

async function touch(
  engine: DynaliteEngine,
  TableName: string,
  Key: object,
  condition: object,
): Promise<void> {
  try {
    await engine.call('UpdateItem', { TableName, Key, ...condition });
  } catch (error) {
    // Ignores an item that was deleted in the meantime.
    if (!(error instanceof AwsError && error.code === 'ConditionalCheckFailedException')) throw error;
  }
}

/** Refuses to change a table that is being changed. @throws AwsError `ResourceInUseException` */
function refuseChanging(name: string, { TableStatus: status }: StoredTable): void {
  if (status === 'ACTIVE') return;
  throw new AwsError(
    'ResourceInUseException',
    `Attempt to change a resource which is still in use: Table ${name} is ${status}. Wait until it is ACTIVE.`,
  );
}

function attributeOf({ AttributeName }: { readonly AttributeName: string }): string {
  return AttributeName;
}

function validation(message: string): AwsError {
  return new AwsError('ValidationException', `One or more parameter values were invalid: ${message}`);
}
