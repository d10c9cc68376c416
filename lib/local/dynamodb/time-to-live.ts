import { z } from 'zod';

import type { KeyedLock } from '../durable/keyed-lock.js';
import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { operation } from '../wire/operation.js';
import type { DynaliteEngine } from './dynalite-engine.js';

/**
 * Returns the operations on time to live, and the deletion of tables. They store the name of the attribute that holds
 * an item's expiry. Expired items are not deleted: DynamoDB too deletes them only within days, so readers must filter
 * them anyway.
 *
 * @param changes serializes the changes of a table, by its name
 */
export function timeToLive(engine: DynaliteEngine, context: PlaceContext, changes: KeyedLock) {
  const attributes = context.store.collection<string>('dynamodb-time-to-live');
  return {
    UpdateTimeToLive: operation(
      {
        TableName: z.string(),
        TimeToLiveSpecification: z.strictObject({
          AttributeName: z.string().min(1).max(255),
          Enabled: z.boolean(),
        }),
      },
      ({ TableName, TimeToLiveSpecification }): Promise<Record<string, unknown>> =>
        changes.run(TableName, async () => {
          await refuseDeleting(engine, TableName);
          const { AttributeName, Enabled } = TimeToLiveSpecification;
          if (Enabled) await attributes.put(TableName, AttributeName);
          else await attributes.delete(TableName);
          return { TimeToLiveSpecification };
        }),
    ),
    DescribeTimeToLive: operation(
      { TableName: z.string() },
      async ({ TableName }): Promise<Record<string, unknown>> => {
        await engine.call('DescribeTable', { TableName });
        const AttributeName = await attributes.get(TableName);
        const TimeToLiveStatus = AttributeName === undefined ? 'DISABLED' : 'ENABLED';
        return { TimeToLiveDescription: { TimeToLiveStatus, AttributeName } };
      },
    ),
    DeleteTable: operation({ TableName: z.string() }, ({ TableName }): Promise<Record<string, unknown>> =>
      changes.run(TableName, async () => {
        const output = await engine.deleteTable(TableName);
        await attributes.delete(TableName);
        return output;
      }),
    ),
  };
}

/** Refuses to change a table that is being deleted. A later table of the name would have the change. */
async function refuseDeleting(engine: DynaliteEngine, TableName: string): Promise<void> {
  const { Table } = await engine.call('DescribeTable', { TableName });
  if ((Table as { TableStatus: string }).TableStatus !== 'DELETING') return;
  throw new AwsError(
    'ResourceInUseException',
    `Attempt to change a resource which is still in use: Table is being deleted: ${TableName}`,
  );
}
