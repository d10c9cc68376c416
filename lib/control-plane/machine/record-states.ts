import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';

import { transitionToAnnounced, type RunStatus } from '../../contract/index.js';
import { EXECUTION, jsonata } from './jsonata.js';
import { RETRIES } from './retry-policy.js';

const QUEUED: RunStatus = 'QUEUED';

/** Puts the record once per run id; the put of the same execution may be repeated. */
export function recordQueued(scope: Construct, table: Table): CallAwsService {
  return callTable(scope, 'RecordQueued', table, 'PutItem', {
    Item: jsonata('$prepared.item'),
    ConditionExpression: 'attribute_not_exists(runId) OR (executionArn = :arn AND #status = :queued)',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':arn': { S: jsonata(EXECUTION.arn) }, ':queued': { S: QUEUED } },
  });
}

export function recordBuilding(scope: Construct, table: Table): CallAwsService {
  return update(scope, 'RecordBuilding', table, transitionIn('$started.transition'));
}

/**
 * Brings the record to its end. A write whose answer was lost is repeated, so the very end that this execution
 * has written already is taken as written, and only another writer's end is refused.
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

/** Notes that the terminal event went out, so that `reconcile-run` need not send it. */
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
 * The SDK integration, because the items and expressions come whole from the handlers; the optimized
 * integration's construct wants each attribute spelled out.
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
