import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';

import {
  BUNDLES_PREFIX,
  INBOX_PREFIX,
  RUNS_PREFIX,
  placeLayersKey,
  registryLoginsKeys,
  type AllowList,
} from '../contract/index.js';
import { allow } from './access-statement.js';
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
  /** What a build may be given instead of the project's own. */
  readonly allow: AllowList;
  readonly encryptionKey: IKey | undefined;
}

/** What each handler may do: what its logic calls, and nothing else. */
export const handlerAccess = {
  'start-run': (on: AccessedResources) => [
    allow('StartExecution', ['states:StartExecution'], [on.stateMachineArn]),
    allow('DescribeExecution', ['states:DescribeExecution'], [on.executionsArn], ONE_PER_RUN),
    allow('ReadInput', ['s3:GetObject'], objects(on, INBOX_PREFIX, RUNS_PREFIX), ONE_PER_RUN),
    allow('PutInput', ['s3:PutObject'], objects(on, RUNS_PREFIX), ONE_PER_RUN),
    tellMissingObjects(on),
    announce(on),
    ...keyAccess(on.encryptionKey, 'readWrite', ['s3']),
  ],
  'prepare-run': (on: AccessedResources) => [
    allow('ReadObjects', ['s3:GetObject'], objects(on, BUNDLES_PREFIX, RUNS_PREFIX), ONE_PER_RUN),
    allow(
      'PutPrograms',
      ['s3:PutObject'],
      [placeLayersKey('*'), ...Object.values(registryLoginsKeys('*'))].map((key) =>
        on.bucket.arnForObjects(key),
      ),
      ONE_PER_RUN,
    ),
    allow('RenewLayers', ['s3:PutObject', 's3:DeleteObject'], objects(on, BUNDLES_PREFIX), ONE_PER_RUN),
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
    ...refuseUnlisted(on),
    allow('NoteBuild', ['dynamodb:UpdateItem'], [on.table.tableArn]),
    ...keyAccess(on.encryptionKey, 'readWrite', ['dynamodb']),
  ],
  'poll-build': (on: AccessedResources) => [
    allow('LookAtBuild', ['codebuild:BatchGetBuilds'], on.projectArns),
  ],
  'collect-outcome': (on: AccessedResources) => [
    allow('EndBuild', ['codebuild:BatchGetBuilds', 'codebuild:StopBuild'], on.projectArns),
    allow('ReadObjects', ['s3:GetObject'], objects(on, BUNDLES_PREFIX, RUNS_PREFIX), ONE_PER_RUN),
    allow('DeleteLayers', ['s3:DeleteObject'], objects(on, BUNDLES_PREFIX), ONE_PER_RUN),
    tellMissingObjects(on),
    allow('ReadRecord', ['dynamodb:GetItem'], [on.table.tableArn]),
    ...keyAccess(on.encryptionKey, 'read', ['s3', 'dynamodb']),
  ],
  'reconcile-run': (on: AccessedResources) => [
    allow('DescribeExecution', ['states:DescribeExecution'], [on.executionsArn], ONE_PER_RUN),
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

/** Objects and executions are made as runs come, under names that hold a run's id or a digest. */
const ONE_PER_RUN = 'There is one for each run or bundle, and all of them are the seedkit’s own.';

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
  if (on.allow.roles.length === 0) return [];
  const pass = allow('PassAllowedRoles', ['iam:PassRole'], on.allow.roles);
  return [pass.when('StringEquals', { 'iam:PassedToService': 'codebuild.amazonaws.com' })];
}

/**
 * What prepare-run refuses, refused once more by IAM. A build that names none of these has none of the keys, and is
 * not held up.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/action-context-keys.html
 */
function refuseUnlisted(on: AccessedResources): PolicyStatement[] {
  const { images, fleets, privileged } = on.allow;
  return [
    refuse(on, 'RefuseOtherImages', unlisted('codebuild:environment.image', images)),
    refuse(on, 'RefuseOtherFleets', unlisted('codebuild:environment.fleet.fleetArn', fleets)),
    ...(privileged
      ? []
      : [refuse(on, 'RefusePrivileged', { Bool: { 'codebuild:environment.privilegedMode': 'true' } })]),
  ];
}

/** Holds for a request that names something outside a list; a negated comparison alone would hold without the key. */
function unlisted(key: string, list: readonly string[]) {
  const named = { Null: { [key]: 'false' } };
  return list.length === 0 ? named : { ...named, StringNotLike: { [key]: [...list] } };
}

function refuse(on: AccessedResources, sid: string, conditions: Record<string, Record<string, unknown>>) {
  return new PolicyStatement({
    sid,
    effect: Effect.DENY,
    actions: ['codebuild:StartBuild'],
    resources: [...on.projectArns],
    conditions,
  });
}
