import { setTimeout } from 'node:timers/promises';

import type { Tables } from '../ports.js';
import type { Json, JsonObject, ProvidedResource, ResourceProvider } from '../resources/resource-provider.js';
import { resourceName } from '../resources/resource-name.js';
import { AwsError } from '../wire/aws-error.js';
import { readTags, setTags } from './table-tags.js';

/** Properties that are passed to CreateTable under the same names. */
const CREATE_MEMBERS = [
  'AttributeDefinitions',
  'BillingMode',
  'GlobalSecondaryIndexes',
  'KeySchema',
  'LocalSecondaryIndexes',
  'ProvisionedThroughput',
] as const;

/**
 * Provides `AWS::DynamoDB::Table`. Adopts an existing table with the same name and keys, such as one that a deleted
 * stack retained.
 */
export function tableProvider(tables: Tables): ResourceProvider {
  const create: ResourceProvider['create'] = async (request) => {
    const { properties } = request;
    const name = resourceName(request, 'TableName', 255);
    const isAdopted = await createOrAdopt(tables, name, properties);
    return { ...(await applySettings(tables, name, properties)), isAdopted };
  };
  return {
    type: 'AWS::DynamoDB::Table',
    modelled: [...CREATE_MEMBERS, 'TableName', 'Tags', 'TimeToLiveSpecification'],
    harmless: {
      ContributorInsightsSpecification: 'nothing is metered',
      DeletionProtectionEnabled: 'it does not change how the table works',
      OnDemandThroughput: 'throughput is not limited',
      PointInTimeRecoverySpecification: 'a local AWS has no backups',
      ResourcePolicy: 'permissions are not enforced',
      SSESpecification: 'the data folder is not encrypted by the local AWS',
      TableClass: 'nothing is billed',
      WarmThroughput: 'throughput is not limited',
    },
    check: ({ properties }) => void readTags(properties),
    create,
    async update({ physicalId: current }, request) {
      const { properties } = request;
      const name = resourceName(request, 'TableName', 255, current);
      if (name !== current) {
        await refuseWithItems(tables, current, name);
        return create(request);
      }
      await updateIndexes(tables, name, properties);
      await checkSameTable(tables, name, properties);
      return applySettings(tables, name, properties);
    },
    async delete(current) {
      await ignoreMissing(tables.call('DeleteTable', { TableName: current.physicalId }));
      await waitUntil(tables, current.physicalId, undefined);
    },
  };
}

/** @returns whether the table existed */
async function createOrAdopt(tables: Tables, name: string, properties: JsonObject): Promise<boolean> {
  let isAdopted = false;
  const members = CREATE_MEMBERS.filter((member) => properties[member] !== undefined);
  try {
    await tables.call('CreateTable', {
      TableName: name,
      ...Object.fromEntries(members.map((member) => [member, numbers(properties[member] as Json)])),
    });
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ResourceInUseException') throw error;
    await checkSameTable(tables, name, properties);
    isAdopted = true;
  }
  await waitUntil(tables, name, 'ACTIVE');
  return isAdopted;
}

/** Refuses to replace a table that has items, because they would be deleted with the table. */
async function refuseWithItems(tables: Tables, current: string, name: string): Promise<void> {
  const page = await ignoreMissing(tables.call('Scan', { TableName: current, Limit: 1, Select: 'COUNT' }));
  if (page === undefined || page.Count === 0) return;
  throw new Error(
    `The table ${current} cannot be replaced by ${name}, because it has items. Delete them, or keep the TableName ${current}.`,
  );
}

interface TableDescription {
  readonly TableArn: string;
  readonly TableStatus: string;
  readonly KeySchema: readonly unknown[];
  readonly GlobalSecondaryIndexes?: readonly IndexDescription[];
}

interface IndexDescription {
  readonly IndexName: string;
  readonly KeySchema: unknown;
  readonly IndexStatus: string;
}

async function describeTable(tables: Tables, name: string): Promise<TableDescription> {
  return (await tables.call('DescribeTable', { TableName: name })).Table as TableDescription;
}

/**
 * Creates or deletes an index. As in CloudFormation, one update of a stack can change only one index of a table.
 */
async function updateIndexes(tables: Tables, name: string, properties: JsonObject): Promise<void> {
  const { GlobalSecondaryIndexes: existing = [] } = await describeTable(tables, name);
  const wanted = (properties.GlobalSecondaryIndexes ?? []) as unknown as IndexDescription[];
  const active = new Set(existing.flatMap((each) => (each.IndexStatus === 'ACTIVE' ? [each.IndexName] : [])));
  const names = new Set(wanted.map(({ IndexName }) => IndexName));
  const updates = [
    ...wanted.filter(({ IndexName }) => !active.has(IndexName)).map((index) => ({ Create: index })),
    ...existing
      .filter(({ IndexName }) => !names.has(IndexName))
      .map(({ IndexName }) => ({ Delete: { IndexName } })),
  ];
  if (updates.length === 0) return;
  await tables.call('UpdateTable', {
    TableName: name,
    AttributeDefinitions: properties.AttributeDefinitions,
    GlobalSecondaryIndexUpdates: numbers(updates as unknown as Json),
  });
}

async function checkSameTable(tables: Tables, name: string, properties: JsonObject): Promise<void> {
  const table = await describeTable(tables, name);
  const has = schema(table.KeySchema, table.GlobalSecondaryIndexes);
  const wants = schema(properties.KeySchema, properties.GlobalSecondaryIndexes);
  if (has === wants) return;
  throw new Error(
    `The table ${name} exists with other keys or indexes: it has ${has}, the template has ${wants}. The local AWS cannot change them: delete the table, or give the new one another name.`,
  );
}

function schema(keySchema: unknown, indexes: unknown): string {
  const list = Array.isArray(indexes) ? (indexes as { IndexName: string; KeySchema: unknown }[]) : [];
  const keys = (value: unknown) =>
    (value as { AttributeName: string; KeyType: string }[])
      .map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`)
      .join(', ');
  return [
    keys(keySchema),
    ...list.map(({ IndexName, KeySchema }) => `${IndexName} (${keys(KeySchema)})`).sort(),
  ].join('; ');
}

/** Sets time to live and tags of a table, and describes it. */
async function applySettings(
  tables: Tables,
  name: string,
  properties: JsonObject,
): Promise<ProvidedResource> {
  await setTimeToLive(tables, name, properties);
  const { TableArn } = await describeTable(tables, name);
  await setTags(tables, TableArn, properties);
  return { physicalId: name, attributes: { Arn: TableArn } };
}

async function setTimeToLive(tables: Tables, name: string, properties: JsonObject): Promise<void> {
  const wanted = properties.TimeToLiveSpecification as { AttributeName?: string; Enabled: Json } | undefined;
  const enabled = wanted !== undefined && (wanted.Enabled === true || wanted.Enabled === 'true');
  await tables.call('UpdateTimeToLive', {
    TableName: name,
    TimeToLiveSpecification: { AttributeName: wanted?.AttributeName ?? 'none', Enabled: enabled },
  });
}

/**
 * Waits until a table has a status.
 * @param status undefined to wait until the table does not exist any more
 */
async function waitUntil(tables: Tables, name: string, status: 'ACTIVE' | undefined): Promise<void> {
  while ((await ignoreMissing(describeTable(tables, name)))?.TableStatus !== status) await setTimeout(1);
}

async function ignoreMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** Converts capacity units that a template contains as text to numbers. */
function numbers(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => numbers(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, Json]) => [
      name,
      name.endsWith('CapacityUnits') ? Number(member) : numbers(member),
    ]),
  );
}
