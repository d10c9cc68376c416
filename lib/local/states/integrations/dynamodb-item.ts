import type { Tables } from '../../ports.js';
import type { Integration } from '../interpreter/integration.js';
import { fromDynamodb, toDynamodb } from './sdk-attribute-values.js';
import { integrationError, sdkMetadata } from './service-answer.js';

const NAMES = 'ExpressionAttributeNames';
const CONDITION = [
  NAMES,
  'ExpressionAttributeValues',
  'ConditionExpression',
  'ConditionalOperator',
  'Expected',
];
const RETURNS = ['ReturnConsumedCapacity', 'ReturnItemCollectionMetrics', 'ReturnValues'];

/** Members of each operation's arguments in addition to TableName. */
const OPERATIONS = {
  getItem: {
    required: ['Key'],
    optional: ['AttributesToGet', 'ConsistentRead', NAMES, 'ProjectionExpression', 'ReturnConsumedCapacity'],
  },
  putItem: { required: ['Item'], optional: [...CONDITION, ...RETURNS] },
  updateItem: {
    required: ['Key'],
    optional: ['AttributeUpdates', 'UpdateExpression', ...CONDITION, ...RETURNS],
  },
  deleteItem: { required: ['Key'], optional: [...CONDITION, ...RETURNS] },
} as const;

/**
 * Returns the integrations with operations on DynamoDB's items: the optimized ones and those of the AWS SDK. The
 * names of their errors differ.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-ddb.html
 */
export function dynamodbItem(tables: Tables): Record<string, Integration> {
  return Object.fromEntries(
    Object.entries(OPERATIONS).flatMap(([name, { required, optional }]) => {
      const operation = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      const members = { required: ['TableName', ...required], optional };
      const optimized: Integration = {
        ...members,
        call: async (args) => ({ ...(await call(tables, operation, args, 'DynamoDB')), ...sdkMetadata() }),
      };
      const sdk: Integration = {
        ...members,
        optional: name === 'getItem' ? optional : [...optional, 'ReturnValuesOnConditionCheckFailure'],
        call: async (args) => fromDynamodb(await call(tables, operation, toDynamodb(args), 'DynamoDb')),
      };
      return [
        [`dynamodb:${name}`, optimized],
        [`aws-sdk:dynamodb:${name}`, sdk],
      ];
    }),
  );
}

async function call(
  tables: Tables,
  operation: string,
  input: object,
  prefix: string,
): Promise<Record<string, unknown>> {
  try {
    return await tables.call(operation, input);
  } catch (error) {
    throw integrationError(error, prefix, 'DynamoDb');
  }
}
