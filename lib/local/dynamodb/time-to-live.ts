import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { operation } from '../wire/operation.js';
import type { DynaliteEngine } from './dynalite-engine.js';

/**
 * Returns the operations on time to live. They store the name of the attribute that holds an item's expiry. Expired
 * items are not deleted: DynamoDB too deletes them only within days, so readers must filter them anyway.
 */
export function timeToLive(engine: DynaliteEngine, context: PlaceContext) {
  const attributes = context.store.collection<string>('dynamodb-time-to-live');
  return {
    operations: {
      UpdateTimeToLive: operation(
        {
          TableName: z.string(),
          TimeToLiveSpecification: z.strictObject({
            AttributeName: z.string().min(1).max(255),
            Enabled: z.boolean(),
          }),
        },
        async ({ TableName, TimeToLiveSpecification }): Promise<Record<string, unknown>> => {
          await engine.call('DescribeTable', { TableName });
          const { AttributeName, Enabled } = TimeToLiveSpecification;
          if (Enabled) await attributes.put(TableName, AttributeName);
          else await attributes.delete(TableName);
          return { TimeToLiveSpecification };
        },
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
    },
    forget: (tableName: string) => attributes.delete(tableName),
  };
}
