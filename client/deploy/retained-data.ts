import { DeleteTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { CodeseederError, seedkitNames } from '../../lib/contract/index.js';
import type { AwsClients } from '../connection/aws-clients.js';
import type { SeedkitContextText } from './assembly.js';
import { findStack, isUnderWay, wasCreated } from './stack-state.js';

/**
 * Refuses to make a seedkit anew over what an earlier one of its name retained, before anything is started: records that
 * are encrypted with the earlier key could not be read, and CloudFormation would take all back after minutes. Without
 * keys on either side the new stack takes the table over.
 *
 * @throws CodeseederError `RetainedInTheWay` naming what is in the way and how to get it out
 */
export async function refuseRetained(
  clients: AwsClients,
  seedkit: string,
  context: SeedkitContextText,
  signal: AbortSignal | undefined,
): Promise<void> {
  const table = seedkitNames.runTable(seedkit);
  const found = await findTable(await clients.dynamoDb(), table, signal);
  if (found === undefined || (context['encryption'] === 'false' && !found.hasKey)) return;
  if (await isMadeMeanwhile(clients, seedkit, signal)) return;
  throw new CodeseederError(
    'RetainedInTheWay',
    `The table ${table} is in the way: an earlier seedkit ${seedkit} retained it with the records of its runs, and a new one has another key. Nothing was deployed.
- To delete the records: codeseeder destroy seedkit ${seedkit} --delete-data
- To keep them, back them up first: aws dynamodb create-backup --table-name ${table} --backup-name ${table}
- Or deploy under another name.`,
  );
}

/** Deletes the run table that a stack which is gone retained. @returns its name; undefined when there is none */
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
      `The table ${table} is protected from deletion. Take the protection off first: aws dynamodb update-table --table-name ${table} --no-deletion-protection-enabled`,
    );
  }
  await client.send(new DeleteTableCommand({ TableName: table }), { ...(signal && { abortSignal: signal }) });
  return table;
}

interface FoundTable {
  /** Whether a key of the account encrypts it. */
  readonly hasKey: boolean;
  readonly isProtected: boolean;
}

async function findTable(
  client: DynamoDBClient,
  table: string,
  signal: AbortSignal | undefined,
): Promise<FoundTable | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }), {
      ...(signal && { abortSignal: signal }),
    });
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

/** Whether the table is that of a deployment that another caller began since the stack was looked for. */
async function isMadeMeanwhile(
  clients: AwsClients,
  seedkit: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const stack = await findStack(await clients.cloudFormation(), seedkitNames.stack(seedkit), signal);
  return stack !== undefined && (isUnderWay(stack.status) || wasCreated(stack.status));
}
