import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { operation } from '../wire/operation.js';
import type { DynaliteEngine } from './dynalite-engine.js';

/**
 * Returns the operations on time to live, which store the attribute that has the expiry of an item. No item is deleted:
 * DynamoDB itself deletes within days only, so readers must leave out expired items in any case.
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
