import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';

import { BUNDLES_PREFIX, INBOX_PREFIX, RUNS_PREFIX } from '../contract/index.js';
import { keyAccess } from './key-access.js';
import { runsByDayArn } from './resource-arns.js';

/** What the handlers' policies speak of. */
export interface AccessedResources {
  readonly bucket: Bucket;
  readonly table: Table;
  readonly bus: EventBus;
  readonly stateMachineArn: string;
  readonly executionsArn: string;
  /** The seedkit's own project and those it allows. */
  readonly projectArns: readonly string[];
  /** Roles a build may be given instead of the project's own. */
  readonly passableRoleArns: readonly string[];
  readonly encryptionKey: IKey | undefined;
}

/** What each handler may do: what its logic calls, and nothing else. */
export const handlerAccess = {
  'start-run': (on: AccessedResources) => [
    allow('StartExecution', ['states:StartExecution'], [on.stateMachineArn]),
    allow('DescribeExecution', ['states:DescribeExecution'], [on.executionsArn]),
    allow('ReadInput', ['s3:GetObject'], objects(on, INBOX_PREFIX, RUNS_PREFIX)),
    allow('PutInput', ['s3:PutObject'], objects(on, RUNS_PREFIX)),
    tellMissingObjects(on),
    announce(on),
    ...keyAccess(on.encryptionKey, 'readWrite', ['s3']),
  ],
  'prepare-run': (on: AccessedResources) => [
    allow('ReadObjects', ['s3:GetObject'], objects(on, BUNDLES_PREFIX, RUNS_PREFIX)),
    allow('RefreshBundle', ['s3:PutObject'], objects(on, BUNDLES_PREFIX)),
    tellMissingObjects(on),
    ...keyAccess(on.encryptionKey, 'readWrite', ['s3']),
  ],
  'start-build': (on: AccessedResources) => [
    allow(
      'StartBuild',
      [
        'codebuild:StartBuild',
        'codebuild:BatchGetBuilds',
        'codebuild:ListBuildsForProject',
        'codebuild:StopBuild',
      ],
      on.projectArns,
    ),
    ...passRoles(on),
    allow('NoteBuild', ['dynamodb:UpdateItem'], [on.table.tableArn]),
    ...keyAccess(on.encryptionKey, 'readWrite', ['dynamodb']),
  ],
  'poll-build': (on: AccessedResources) => [
    allow('LookAtBuild', ['codebuild:BatchGetBuilds'], on.projectArns),
  ],
  'collect-outcome': (on: AccessedResources) => [
    allow('EndBuild', ['codebuild:BatchGetBuilds', 'codebuild:StopBuild'], on.projectArns),
    allow('ReadObjects', ['s3:GetObject'], objects(on, RUNS_PREFIX)),
    tellMissingObjects(on),
    allow('ReadRecord', ['dynamodb:GetItem'], [on.table.tableArn]),
    ...keyAccess(on.encryptionKey, 'read', ['s3', 'dynamodb']),
  ],
  'reconcile-run': (on: AccessedResources) => [
    allow('DescribeExecution', ['states:DescribeExecution'], [on.executionsArn]),
    allow(
      'EndBuild',
      ['codebuild:ListBuildsForProject', 'codebuild:BatchGetBuilds', 'codebuild:StopBuild'],
      on.projectArns,
    ),
    allow('EndRecords', ['dynamodb:GetItem', 'dynamodb:UpdateItem'], [on.table.tableArn]),
    allow('FindOpenRuns', ['dynamodb:Query'], [runsByDayArn(on.table.tableArn)]),
    announce(on),
    ...keyAccess(on.encryptionKey, 'readWrite', ['dynamodb']),
  ],
} as const;

function allow(sid: string, actions: string[], resources: readonly string[]): PolicyStatement {
  return new PolicyStatement({ sid, actions, resources: [...resources] });
}

function objects(on: AccessedResources, ...prefixes: string[]): string[] {
  return prefixes.map((prefix) => on.bucket.arnForObjects(`${prefix}*`));
}

/** Without it S3 answers AccessDenied where an object is missing. */
function tellMissingObjects(on: AccessedResources): PolicyStatement {
  return allow('TellMissingObjects', ['s3:ListBucket'], [on.bucket.bucketArn]);
}

function announce(on: AccessedResources): PolicyStatement {
  return allow('Announce', ['events:PutEvents'], [on.bus.eventBusArn]);
}

function passRoles(on: AccessedResources): PolicyStatement[] {
  if (on.passableRoleArns.length === 0) return [];
  return [
    new PolicyStatement({
      sid: 'PassAllowedRoles',
      actions: ['iam:PassRole'],
      resources: [...on.passableRoleArns],
      conditions: { StringEquals: { 'iam:PassedToService': 'codebuild.amazonaws.com' } },
    }),
  ];
}
