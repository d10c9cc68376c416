import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import type { DynaliteEngine } from './dynalite-engine.js';

interface UpdateTimeToLive {
  readonly TableName: string;
  readonly TimeToLiveSpecification?: { readonly AttributeName?: string; readonly Enabled?: boolean };
}

/**
 * Remembers which attribute says when an item expires. No item is deleted for it: DynamoDB deletes within days,
 * and readers leave out what has expired.
 */
export function timeToLive(engine: DynaliteEngine, context: PlaceContext) {
  const attributes = context.store.collection<string>('dynamodb-time-to-live');
  const table = (input: object) =>
    engine.call('DescribeTable', { TableName: (input as UpdateTimeToLive).TableName });
  return {
    operations: {
      UpdateTimeToLive: async (input: object): Promise<Record<string, unknown>> => {
        await table(input);
        const { TableName, TimeToLiveSpecification: specification } = input as UpdateTimeToLive;
        const { AttributeName, Enabled } = specification ?? {};
        if (!AttributeName || Enabled === undefined) {
          throw new AwsError(
            'ValidationException',
            'TimeToLiveSpecification needs AttributeName and Enabled.',
          );
        }
        if (Enabled) await attributes.put(TableName, AttributeName);
        else await attributes.delete(TableName);
        return { TimeToLiveSpecification: { AttributeName, Enabled } };
      },
      DescribeTimeToLive: async (input: object): Promise<Record<string, unknown>> => {
        await table(input);
        const AttributeName = await attributes.get((input as UpdateTimeToLive).TableName);
        return {
          TimeToLiveDescription:
            AttributeName === undefined
              ? { TimeToLiveStatus: 'DISABLED' }
              : { TimeToLiveStatus: 'ENABLED', AttributeName },
        };
      },
    },
    forget: (tableName: string) => attributes.delete(tableName),
  };
}
