import { describe, expect, it } from '@jest/globals';

import { synthesizedTemplate } from '../seedkit/synthesized-template.js';
import { permissionsOf, statementsOf } from '../seedkit/statements.js';

const TABLE = 'arn:aws:dynamodb:eu-central-1:123456789012:table/codeseeder-demo-runs';
const LOCKS = 'arn:aws:dynamodb:eu-central-1:123456789012:table/codeseeder-demo-locks';
const MACHINE = 'arn:aws:states:eu-central-1:123456789012:stateMachine:codeseeder-demo';
const MAP_EXECUTIONS = 'arn:aws:states:eu-central-1:123456789012:execution:codeseeder-demo_maps:*';
const EXECUTIONS = 'arn:aws:states:eu-central-1:123456789012:execution:codeseeder-demo:*';
const PROJECT = 'arn:aws:codebuild:eu-central-1:123456789012:project/codeseeder-demo';
const BUS = 'arn:aws:events:eu-central-1:123456789012:event-bus/codeseeder-demo';
const BUCKET = 'arn:aws:s3:::the-bucket';
const BUILD_LOG = 'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/codebuild/codeseeder-demo';
const DEAD_LETTERS = 'arn:aws:sqs:eu-central-1:123456789012:codeseeder-demo-dead-letters';

const READ_KEY = ['kms:Decrypt', 'kms:DescribeKey'];
const USE_KEY = [
  ...READ_KEY,
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

const template = synthesizedTemplate();

function keyUse(actions: readonly string[], ...services: string[]): Record<string, string[]> {
  const through = services.map((service) => `via ${service}`).sort();
  return Object.fromEntries(actions.map((action) => [action, through]));
}

function ownLog(handler: string): Record<string, string[]> {
  const group = `arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/codeseeder-demo-${handler}:*`;
  return { 'logs:CreateLogStream': [group], 'logs:PutLogEvents': [group] };
}

describe('handlerAccess', () => {
  it.each([
    [
      'start-run',
      'ControlPlaneHandlersStartRunRoleDefaultPolicy',
      {
        'states:StartExecution': [MACHINE],
        'states:DescribeExecution': [EXECUTIONS],
        's3:GetObject': [
          `${BUCKET}/inbox/*`,
          `${BUCKET}/published/definitions/*`,
          `${BUCKET}/published/targets/*`,
          `${BUCKET}/runs/*/input/*`,
          `${BUCKET}/runs/*/trigger.json`,
        ],
        's3:PutObject': [`${BUCKET}/runs/*/input/invocation.json`, `${BUCKET}/runs/*/trigger.json`],
        's3:ListBucket': [BUCKET],
        'events:PutEvents': [BUS],
        'sqs:SendMessage': [DEAD_LETTERS],
        ...keyUse(USE_KEY, 's3', 'sqs'),
      },
    ],
    [
      'prepare-run',
      'ControlPlaneHandlersPrepareRunRoleDefaultPolicy',
      {
        's3:GetObject': [
          `${BUCKET}/bundles/*`,
          `${BUCKET}/published/layers/*`,
          `${BUCKET}/runs/*/input/*`,
          `${BUCKET}/runs/*/trigger.json`,
        ],
        's3:AbortMultipartUpload': [`${BUCKET}/bundles/*`],
        's3:DeleteObject': [`${BUCKET}/bundles/*`],
        's3:PutObject': [
          `${BUCKET}/bundles/*`,
          `${BUCKET}/runs/*/input/cache.sh`,
          `${BUCKET}/runs/*/input/invocation.json`,
          `${BUCKET}/runs/*/input/place-layers.sh`,
          `${BUCKET}/runs/*/input/registry-logins.mjs`,
          `${BUCKET}/runs/*/input/registry-logins.pyz`,
        ],
        's3:ListBucket': [BUCKET],
        'dynamodb:BatchWriteItem': [TABLE],
        ...keyUse(USE_KEY, 'dynamodb', 's3'),
      },
    ],
    [
      'start-target',
      'ControlPlaneHandlersStartTargetRoleDefaultPolicy',
      {
        'states:StartExecution': [MACHINE],
        'states:DescribeExecution': [EXECUTIONS],
        's3:GetObject': [
          `${BUCKET}/outputs/*`,
          `${BUCKET}/published/definitions/*`,
          `${BUCKET}/published/targets/*`,
          `${BUCKET}/runs/*/input/invocation.json`,
          `${BUCKET}/runs/*/trigger.json`,
        ],
        's3:PutObject': [`${BUCKET}/runs/*/input/invocation.json`, `${BUCKET}/runs/*/trigger.json`],
        's3:ListBucket': [BUCKET],
        'dynamodb:GetItem': [TABLE],
        'logs:GetLogEvents': [`${BUILD_LOG}:*`],
        'events:PutEvents': [BUS],
        'sqs:SendMessage': [DEAD_LETTERS],
        ...keyUse(USE_KEY, 's3', 'sqs'),
        ...keyUse(READ_KEY, 'dynamodb', 's3', 'sqs'),
      },
    ],
    [
      'start-build',
      'ControlPlaneHandlersStartBuildRoleDefaultPolicy',
      {
        'codebuild:StartBuild': [PROJECT],
        'codebuild:BatchGetBuilds': [PROJECT],
        'codebuild:ListBuildsForProject': [PROJECT],
        'codebuild:StopBuild': [PROJECT],
        'dynamodb:GetItem': [LOCKS, TABLE],
        'dynamodb:UpdateItem': [LOCKS, TABLE],
        ...keyUse(USE_KEY, 'dynamodb'),
      },
    ],
    [
      'await-lock',
      'ControlPlaneHandlersAwaitLockRoleDefaultPolicy',
      {
        'dynamodb:GetItem': [LOCKS, TABLE],
        'dynamodb:UpdateItem': [LOCKS, TABLE],
        'states:SendTaskSuccess': [MACHINE],
        'states:SendTaskFailure': [MACHINE],
        ...keyUse(USE_KEY, 'dynamodb'),
      },
    ],
    [
      'poll-build',
      'ControlPlaneHandlersPollBuildRoleDefaultPolicy',
      {
        'codebuild:BatchGetBuilds': [PROJECT],
        'dynamodb:UpdateItem': [TABLE],
        'states:SendTaskSuccess': [MACHINE],
        'states:SendTaskFailure': [MACHINE],
        ...keyUse(USE_KEY, 'dynamodb'),
      },
    ],
    [
      'wake-run',
      'ControlPlaneHandlersWakeRunRoleDefaultPolicy',
      {
        'dynamodb:Query': [`${TABLE}/index/byBuild`],
        'codebuild:BatchGetBuilds': [PROJECT],
        'dynamodb:GetItem': [LOCKS, TABLE],
        'dynamodb:UpdateItem': [LOCKS, TABLE],
        'states:SendTaskSuccess': [MACHINE],
        ...keyUse(USE_KEY, 'dynamodb'),
      },
    ],
    [
      'collect-outcome',
      'ControlPlaneHandlersCollectOutcomeRoleDefaultPolicy',
      {
        'codebuild:BatchGetBuilds': [PROJECT],
        'codebuild:StopBuild': [PROJECT],
        's3:DeleteObject': [`${BUCKET}/bundles/*`],
        's3:GetObject': [`${BUCKET}/bundles/*`, `${BUCKET}/outputs/*`, `${BUCKET}/runs/*/trigger.json`],
        's3:ListBucket': [BUCKET],
        'dynamodb:BatchWriteItem': [TABLE],
        'dynamodb:GetItem': [LOCKS, TABLE],
        'dynamodb:UpdateItem': [LOCKS],
        'states:SendTaskSuccess': [MACHINE],
        ...keyUse(USE_KEY, 'dynamodb'),
        ...keyUse(READ_KEY, 'dynamodb', 's3'),
      },
    ],
    [
      'reconcile-run',
      'ControlPlaneHandlersReconcileRunRoleDefaultPolicy',
      {
        'states:ListExecutions': [MACHINE],
        'states:DescribeExecution': [EXECUTIONS, MAP_EXECUTIONS],
        'states:StopExecution': [EXECUTIONS],
        'codebuild:ListBuildsForProject': [PROJECT],
        'codebuild:BatchGetBuilds': [PROJECT],
        'codebuild:StopBuild': [PROJECT],
        'dynamodb:BatchGetItem': [TABLE],
        'dynamodb:BatchWriteItem': [TABLE],
        'dynamodb:GetItem': [LOCKS, TABLE],
        'dynamodb:UpdateItem': [LOCKS, TABLE],
        'dynamodb:Scan': [LOCKS],
        'dynamodb:Query': [`${TABLE}/index/byDay`, `${TABLE}/index/byFacet`],
        'states:SendTaskSuccess': [MACHINE],
        'states:SendTaskFailure': [MACHINE],
        's3:GetObject': [`${BUCKET}/maps/*/map.json`, `${BUCKET}/runs/*/trigger.json`],
        's3:ListBucket': [BUCKET],
        'events:PutEvents': [BUS],
        'sqs:SendMessage': [DEAD_LETTERS],
        ...keyUse(USE_KEY, 'dynamodb', 'sqs'),
        ...keyUse(READ_KEY, 'dynamodb', 's3', 'sqs'),
      },
    ],
    [
      'adopt-log-group',
      'BuildLogAdoptLogGroupRoleDefaultPolicy',
      Object.fromEntries(
        [
          'logs:CreateLogGroup',
          'logs:PutRetentionPolicy',
          'logs:DeleteRetentionPolicy',
          'logs:AssociateKmsKey',
          'logs:DisassociateKmsKey',
        ].map((action) => [
          action,
          ['', ':*'].map(
            (suffix) =>
              `arn:aws:logs:eu-central-1:123456789012:log-group:/aws/codebuild/codeseeder-demo${suffix}`,
          ),
        ]),
      ),
    ],
  ])('The role of %s allows only the calls of its logic', (handler, policy, permissions) => {
    expect(permissionsOf(statementsOf(template, policy))).toEqual({ ...ownLog(handler), ...permissions });
  });

  it('Handlers that make entries of the index by facet may write no records in a batch', () => {
    for (const handler of ['PrepareRun', 'CollectOutcome', 'ReconcileRun']) {
      const statements = statementsOf(template, `ControlPlaneHandlers${handler}RoleDefaultPolicy`);
      expect(statements.filter(({ actions }) => actions.includes('dynamodb:BatchWriteItem'))).toEqual([
        expect.objectContaining({
          actions: ['dynamodb:BatchWriteItem'],
          condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['find#*'] } },
        }),
      ]);
    }
  });

  it('`start-build` may pass the allowed roles only to CodeBuild', () => {
    const role = 'arn:aws:iam::123456789012:role/team-*';
    const allowing = synthesizedTemplate({ allow: { roles: [role] } });
    const statements = statementsOf(allowing, 'ControlPlaneHandlersStartBuildRoleDefaultPolicy');
    expect(statements.filter(({ actions }) => actions.includes('iam:PassRole'))).toEqual([
      expect.objectContaining({
        actions: ['iam:PassRole'],
        resources: [role],
        condition: { StringEquals: { 'iam:PassedToService': 'codebuild.amazonaws.com' } },
      }),
    ]);
  });

  it('Handlers that use builds may use the allowed projects', () => {
    const allowing = synthesizedTemplate({ allow: { projects: ['other-*'] } });
    for (const handler of ['StartBuild', 'PollBuild', 'CollectOutcome', 'ReconcileRun']) {
      const policy = `ControlPlaneHandlers${handler}RoleDefaultPolicy`;
      expect(permissionsOf(statementsOf(allowing, policy))['codebuild:BatchGetBuilds']).toEqual([
        PROJECT,
        'arn:aws:codebuild:eu-central-1:123456789012:project/other-*',
      ]);
    }
  });
});

describe('role of the state machine', () => {
  it('The state machine may invoke its five handlers, write the table, send events, stop its executions, log and trace', () => {
    const functions = (handler: string) =>
      `arn:aws:lambda:eu-central-1:123456789012:function:codeseeder-demo-${handler}`;
    const handlers = ['await-lock', 'collect-outcome', 'poll-build', 'prepare-run', 'start-build'].map(
      functions,
    );
    expect(permissionsOf(statementsOf(template, 'ControlPlaneMachineStateMachineRoleDefaultPolicy'))).toEqual(
      {
        'lambda:InvokeFunction': handlers.flatMap((arn) => [arn, `${arn}:*`]),
        'dynamodb:PutItem': [TABLE],
        'dynamodb:UpdateItem': [TABLE],
        'events:PutEvents': [BUS],
        'states:StopExecution': ['arn:aws:states:eu-central-1:123456789012:execution:codeseeder-demo:*'],
        ...keyUse(USE_KEY, 'dynamodb'),
        ...Object.fromEntries(
          [
            'logs:CreateLogDelivery',
            'logs:GetLogDelivery',
            'logs:UpdateLogDelivery',
            'logs:DeleteLogDelivery',
            'logs:ListLogDeliveries',
            'logs:PutResourcePolicy',
            'logs:DescribeResourcePolicies',
            'logs:DescribeLogGroups',
            'xray:PutTraceSegments',
            'xray:PutTelemetryRecords',
            'xray:GetSamplingRules',
            'xray:GetSamplingTargets',
          ].map((action) => [action, ['*']]),
        ),
      },
    );
  });
});
