import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';

import { transitionToAnnounced, type RunStatus } from '../../contract/index.js';
import { EXECUTION, jsonata } from './jsonata.js';
import { RETRIES } from './retry-policy.js';

const QUEUED: RunStatus = 'QUEUED';

/** Creates the record, once per run id. The same execution may repeat the write. */
export function recordQueued(scope: Construct, table: Table): CallAwsService {
  return callTable(scope, 'RecordQueued', table, 'PutItem', {
    Item: jsonata('$prepared.item'),
    ConditionExpression: 'attribute_not_exists(runId) OR (executionArn = :arn AND #status = :queued)',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':arn': { S: jsonata(EXECUTION.arn) }, ':queued': { S: QUEUED } },
  });
}

/** Writes the status BUILDING. */
export function recordBuilding(scope: Construct, table: Table): CallAwsService {
  return update(scope, 'RecordBuilding', table, transitionIn('$started.transition'));
}

/**
 * Writes the terminal status. A retry after a lost response finds the end that this execution wrote, and succeeds. The
 * condition fails only if another writer ended the record.
 */
export function recordOutcome(scope: Construct, table: Table): CallAwsService {
  const transition = '$outcome.transition';
  return update(scope, 'RecordOutcome', table, {
    ...transitionIn(transition),
    ConditionExpression: jsonata(
      `"(" & ${transition}.ConditionExpression & ") OR (#status = :status AND #finishedAt = :finishedAt)"`,
    ),
  });
}

/** Records that the terminal event was sent, so `reconcile-run` does not send it again. */
export function recordAnnounced(scope: Construct, table: Table): CallAwsService {
  const { values, ...expressions } = transitionToAnnounced(jsonata('$now()'));
  return update(scope, 'RecordAnnounced', table, {
    ...expressions,
    ExpressionAttributeValues: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, { S: value }]),
    ),
  });
}

function transitionIn(variable: string): Record<string, string> {
  const fields = [
    'UpdateExpression',
    'ConditionExpression',
    'ExpressionAttributeNames',
    'ExpressionAttributeValues',
  ];
  return Object.fromEntries(fields.map((field) => [field, jsonata(`${variable}.${field}`)]));
}

function update(scope: Construct, state: string, table: Table, expressions: Record<string, unknown>) {
  return callTable(scope, state, table, 'UpdateItem', {
    Key: { runId: { S: jsonata(EXECUTION.name) } },
    ...expressions,
  });
}

/**
 * Calls DynamoDB through the SDK integration, which accepts items and expressions as a whole. The CDK's construct of
 * the optimized integration accepts only single attributes.
 */
function callTable(
  scope: Construct,
  state: string,
  table: Table,
  operation: 'PutItem' | 'UpdateItem',
  parameters: Record<string, unknown>,
): CallAwsService {
  const task = CallAwsService.jsonata(scope, state, {
    service: 'dynamodb',
    action: operation === 'PutItem' ? 'putItem' : 'updateItem',
    iamAction: `dynamodb:${operation}`,
    iamResources: [table.tableArn],
    parameters: { TableName: table.tableName, ...parameters },
    outputs: {},
    taskTimeout: Timeout.duration(Duration.seconds(30)),
  });
  for (const retry of RETRIES.record) task.addRetry(retry);
  return task;
}
