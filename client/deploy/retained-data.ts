import { DeleteTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { definedOnly } from '../../lib/contract/defined-only.js';
import { CodeseederError, seedkitNames } from '../../lib/contract/index.js';
import type { AwsClients } from '../connection/aws-clients.js';
import type { SeedkitContextText } from './assembly.js';
import { findStack, isInProgress, wasCreated } from './stack-state.js';

/**
 * Fails fast: refuses to create a seedkit if an earlier one of the same name retained its run table. CloudFormation
 * would roll back after minutes, and records that are encrypted with the earlier key could not be read. If neither the
 * table nor the new seedkit has a key, the new stack takes over the table.
 *
 * @throws CodeseederError `RetainedInTheWay` that names the table and the ways to continue
 */
export async function refuseRetained(
  clients: AwsClients,
  seedkit: string,
  context: SeedkitContextText,
  signal: AbortSignal | undefined,
): Promise<void> {
  const table = seedkitNames.runTable(seedkit);
  const found = await findTable(await clients.dynamoDb(), table, signal).catch(unlessDenied);
  if (found === undefined || (context['encryption'] === 'false' && !found.hasKey)) return;
  if (await isBeingDeployed(clients, seedkit, signal)) return;
  throw new CodeseederError(
    'RetainedInTheWay',
    `The table ${table} exists: an earlier seedkit ${seedkit} retained it with the records of its runs, and a new seedkit could not read them, because it has another key. Nothing was deployed.
- To delete the records: codeseeder destroy seedkit ${seedkit} --delete-data
- To keep them, back them up first: aws dynamodb create-backup --table-name ${table} --backup-name ${table}
- Or deploy under another name.`,
  );
}

/**
 * Without the right to describe the run table, nothing is checked here, and CloudFormation reports an existing table.
 */
function unlessDenied(error: unknown): undefined {
  if (error instanceof Error && error.name === 'AccessDeniedException') return undefined;
  throw error;
}

/** Deletes the run table that a deleted stack retained. @returns its name, or undefined if there is none */
export async function deleteRetainedTable(
  clients: AwsClients,
  seedkit: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const client = await clients.dynamoDb();
  const table = seedkitNames.runTable(seedkit);
  const found = await findTable(client, table, signal);
  if (found === undefined) return undefined;
  if (found.isProtected) {
    throw new CodeseederError(
      'TableProtected',
      `The table ${table} is protected from deletion. Remove the protection first: aws dynamodb update-table --table-name ${table} --no-deletion-protection-enabled`,
    );
  }
  await client.send(new DeleteTableCommand({ TableName: table }), definedOnly({ abortSignal: signal }));
  return table;
}

interface FoundTable {
  /** Whether a KMS key of the account encrypts the table. */
  readonly hasKey: boolean;
  readonly isProtected: boolean;
}

async function findTable(
  client: DynamoDBClient,
  table: string,
  signal: AbortSignal | undefined,
): Promise<FoundTable | undefined> {
  try {
    const { Table } = await client.send(
      new DescribeTableCommand({ TableName: table }),
      definedOnly({ abortSignal: signal }),
    );
    if (Table === undefined || Table.TableStatus === 'DELETING') return undefined;
    return {
      hasKey: Table.SSEDescription?.KMSMasterKeyArn !== undefined,
      isProtected: Table.DeletionProtectionEnabled === true,
    };
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** Returns whether the table belongs to a deployment that started after this one looked for the stack. */
async function isBeingDeployed(
  clients: AwsClients,
  seedkit: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const stack = await findStack(await clients.cloudFormation(), seedkitNames.stack(seedkit), signal);
  return stack !== undefined && (isInProgress(stack.status) || wasCreated(stack.status));
}
