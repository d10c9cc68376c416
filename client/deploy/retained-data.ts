import { DescribeKeyCommand, ScheduleKeyDeletionCommand, type KMSClient } from '@aws-sdk/client-kms';
import { DeleteTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { definedOnly } from '../../lib/contract/defined-only.js';
import { CodeseederError, seedkitNames } from '../../lib/contract/index.js';
import type { AwsClients } from '../connection/aws-clients.js';
import type { DestroyResult, KeyDeletion } from '../deploy-types.js';
import { isLocalArn } from '../local-account.js';
import type { SeedkitContextText } from './assembly.js';
import { isBeingDeployed } from './stack-state.js';

/**
 * Fails fast: refuses to create a seedkit if an earlier one of the same name retained its run table. CloudFormation
 * would roll back after minutes, and records that are encrypted with the earlier key could not be read. If neither the
 * table nor the new seedkit has a key, the new stack takes over the table. In a local AWS, which has no keys, it always
 * does.
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
  // Without the right to describe the table, CloudFormation reports that it exists.
  const found = await findTable(await clients.dynamoDb(), table, signal).catch(unlessDenied);
  if (found === undefined) return;
  const hasNewKey = context['encryption'] !== 'false' && !found.isLocal;
  if (!hasNewKey && found.keyArn === undefined) return;
  if (await isBeingDeployed(clients, seedkit, signal)) return;
  throw new CodeseederError(
    'RetainedInTheWay',
    `The table ${table} exists: an earlier seedkit ${seedkit} retained it with the records of its runs, and a new seedkit could not read them, because it has another key. Nothing was deployed.
- To delete the records: codeseeder destroy seedkit ${seedkit} --delete-data
- To keep them, back them up first: aws dynamodb create-backup --table-name ${table} --backup-name ${table}
- Or deploy under another name.`,
  );
}

/** Returns undefined if the caller may not describe the run table, and otherwise throws the error. */
export function unlessDenied(error: unknown): undefined {
  if (error instanceof Error && error.name === 'AccessDeniedException') return undefined;
  throw error;
}

/** Data that a deleted stack retained. */
export interface RetainedData {
  /** Name of the run table. */
  readonly table: string;
  /** ARN of the KMS key that encrypts it; undefined if none of the account does. */
  readonly keyArn: string | undefined;
}

/** Finds the run table that a deleted stack retained. @returns undefined if there is none */
export async function findRetainedData(
  clients: AwsClients,
  seedkit: string,
  signal: AbortSignal | undefined,
): Promise<RetainedData | undefined> {
  const table = seedkitNames.runTable(seedkit);
  const found = await findTable(await clients.dynamoDb(), table, signal);
  return found === undefined ? undefined : { table, keyArn: found.keyArn };
}

/** Waiting period of a key's deletion, which is KMS's longest and CloudFormation's default. */
export const KEY_DELETION_DAYS = 30;

/**
 * Deletes the run table that a deleted stack retained, and schedules the deletion of its key.
 * @throws CodeseederError `TableProtected`
 */
export async function deleteRetainedData(
  clients: AwsClients,
  seedkit: string,
  signal: AbortSignal | undefined,
): Promise<Pick<DestroyResult, 'deletedTable' | 'keyDeletion'>> {
  const client = await clients.dynamoDb();
  const table = seedkitNames.runTable(seedkit);
  const found = await findTable(client, table, signal);
  if (found === undefined) return {};
  if (found.isProtected) {
    throw new CodeseederError(
      'TableProtected',
      `The table ${table} is protected from deletion. Remove the protection first: aws dynamodb update-table --table-name ${table} --no-deletion-protection-enabled`,
    );
  }
  const { keyArn } = found;
  // The table is the only trace of its key, so it is deleted last.
  const keyDeletion =
    keyArn === undefined ? undefined : await scheduleDeletion(await clients.kms(), keyArn, seedkit, signal);
  await client.send(new DeleteTableCommand({ TableName: table }), definedOnly({ abortSignal: signal }));
  return { deletedTable: table, ...definedOnly({ keyDeletion }) };
}

/**
 * Schedules the deletion of the seedkit's key.
 * @returns undefined if the key is not the seedkit's own
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
 */
async function scheduleDeletion(
  client: KMSClient,
  keyArn: string,
  seedkit: string,
  signal: AbortSignal | undefined,
): Promise<KeyDeletion | undefined> {
  const abort = definedOnly({ abortSignal: signal });
  const { KeyMetadata: key } = await client.send(new DescribeKeyCommand({ KeyId: keyArn }), abort);
  if (key?.Description !== seedkitNames.keyDescription(seedkit)) return undefined;
  const { DeletionDate } =
    key.KeyState === 'PendingDeletion'
      ? key
      : await client.send(
          new ScheduleKeyDeletionCommand({ KeyId: keyArn, PendingWindowInDays: KEY_DELETION_DAYS }),
          abort,
        );
  return { keyArn, deletedAt: (DeletionDate ?? deletionDateOf(Date.now())).toISOString() };
}

/** Returns the time when a key is deleted whose deletion was scheduled at the given time, in milliseconds. */
export function deletionDateOf(scheduledAtMs: number): Date {
  return new Date(scheduledAtMs + KEY_DELETION_DAYS * 24 * 60 * 60 * 1_000);
}

interface FoundTable {
  /** ARN of the KMS key of the account that encrypts the table, if one does. */
  readonly keyArn: string | undefined;
  readonly isProtected: boolean;
  /** Whether it is in a local AWS. */
  readonly isLocal: boolean;
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
      keyArn: Table.SSEDescription?.KMSMasterKeyArn,
      isProtected: Table.DeletionProtectionEnabled === true,
      isLocal: isLocalArn(Table.TableArn ?? ''),
    };
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}
