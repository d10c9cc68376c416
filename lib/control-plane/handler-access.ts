import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';

import {
  BUNDLES_PREFIX,
  DEFINITIONS_PREFIX,
  FACET_KEY_PREFIX,
  INBOX_PREFIX,
  inputsPattern,
  invocationKey,
  MAP_ITEMS_PREFIX,
  mapCancelKey,
  mapDescriptionKey,
  OUTPUTS_PREFIX,
  cacheProgramKey,
  placeLayersKey,
  PUBLISHED_LAYERS_PREFIX,
  registryLoginsKeys,
  TARGETS_PREFIX,
  triggerKey,
  type AllowList,
} from '../contract/index.js';
import { allow } from './access-statement.js';
import { keyAccess } from './key-access.js';
import { runsByBuildArn, runsByDayArn, runsByFacetArn } from './resource-arns.js';

/** Resources that the handlers' policies name. */
export interface AccessedResources {
  readonly bucket: Bucket;
  readonly table: Table;
  readonly lockTable: Table;
  readonly bus: EventBus;
  readonly stateMachineArn: string;
  readonly executionsArn: string;
  /** Executions of maps. */
  readonly mapExecutionsArn: string;
  /** ARNs of the seedkit's own project and of the projects in the allow list. */
  readonly projectArns: readonly string[];
  /** ARNs of the streams of the log groups of the projects' builds. */
  readonly buildLogArns: readonly string[];
  /** Roles, images and more that a request may name instead of the project's own. */
  readonly allow: AllowList;
  readonly encryptionKey: IKey | undefined;
}

/** Statements of each handler's role: the API calls of its logic and nothing else. */
export const handlerAccess = {
  'start-run': (on: AccessedResources) => [
    allow('StartExecution', ['states:StartExecution'], [on.stateMachineArn]),
    allow('DescribeExecution', ['states:DescribeExecution'], [on.executionsArn], ONE_PER_RUN),
    allow(
      'ReadInput',
      ['s3:GetObject'],
      objects(on, INBOX, inputsPattern(), TRIGGERS, ...PUBLISHED_TARGETS),
      ONE_PER_RUN,
    ),
    allow('PutInput', ['s3:PutObject'], objects(on, invocationKey('*'), TRIGGERS), ONE_PER_RUN),
    reportMissingObjects(on),
    announce(on),
    ...keyAccess(on.encryptionKey, 'readWrite', ['s3']),
  ],
  'prepare-run': (on: AccessedResources) => [
    allow(
      'ReadObjects',
      ['s3:GetObject'],
      objects(on, BUNDLES, PUBLISHED_LAYERS, inputsPattern(), TRIGGERS),
      ONE_PER_RUN,
    ),
    allow(
      'PutInputAndPrograms',
      ['s3:PutObject'],
      objects(
        on,
        invocationKey('*'),
        placeLayersKey('*'),
        cacheProgramKey('*'),
        ...Object.values(registryLoginsKeys('*')),
      ),
      ONE_PER_RUN,
    ),
    allow(
      'RenewLayers',
      ['s3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'],
      objects(on, BUNDLES),
      ONE_PER_RUN,
    ),
    reportMissingObjects(on),
    putFacets(on),
    ...keyAccess(on.encryptionKey, 'readWrite', ['s3', 'dynamodb']),
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
    ...denyUnlisted(on),
    allow('NoteBuild', ['dynamodb:GetItem', 'dynamodb:UpdateItem'], [on.table.tableArn]),
    changeLocks(on),
    ...keyAccess(on.encryptionKey, 'readWrite', ['dynamodb']),
  ],
  'await-lock': (on: AccessedResources) => [
    allow('NoteWait', ['dynamodb:GetItem', 'dynamodb:UpdateItem'], [on.table.tableArn]),
    changeLocks(on),
    allow('EndWait', ['states:SendTaskSuccess', 'states:SendTaskFailure'], [on.stateMachineArn]),
    ...keyAccess(on.encryptionKey, 'readWrite', ['dynamodb']),
  ],
  'poll-build': (on: AccessedResources) => [
    allow('LookAtBuild', ['codebuild:BatchGetBuilds'], on.projectArns),
    allow('NoteWait', ['dynamodb:UpdateItem'], [on.table.tableArn]),
    allow('EndWait', ['states:SendTaskSuccess', 'states:SendTaskFailure'], [on.stateMachineArn]),
    ...keyAccess(on.encryptionKey, 'readWrite', ['dynamodb']),
  ],
  'wake-run': (on: AccessedResources) => [
    allow('FindRun', ['dynamodb:Query'], [runsByBuildArn(on.table.tableArn)]),
    allow('NotePhase', ['dynamodb:GetItem', 'dynamodb:UpdateItem'], [on.table.tableArn]),
    allow('LookAtBuild', ['codebuild:BatchGetBuilds'], on.projectArns),
    changeLocks(on),
    allow('EndWait', ['states:SendTaskSuccess'], [on.stateMachineArn]),
    ...keyAccess(on.encryptionKey, 'readWrite', ['dynamodb']),
  ],
  'collect-outcome': (on: AccessedResources) => [
    allow('EndBuild', ['codebuild:BatchGetBuilds', 'codebuild:StopBuild'], on.projectArns),
    allow('ReadObjects', ['s3:GetObject'], objects(on, BUNDLES, OUTPUTS, TRIGGERS), ONE_PER_RUN),
    allow('DeleteLayers', ['s3:DeleteObject'], objects(on, BUNDLES), ONE_PER_RUN),
    reportMissingObjects(on),
    allow('ReadRecord', ['dynamodb:GetItem'], [on.table.tableArn]),
    changeLocks(on),
    putFacets(on),
    allow('HandOverLock', ['states:SendTaskSuccess'], [on.stateMachineArn]),
    ...keyAccess(on.encryptionKey, 'readWrite', ['dynamodb']),
    ...keyAccess(on.encryptionKey, 'read', ['s3'], 'DecryptFiles'),
  ],
  'reconcile-run': (on: AccessedResources) => [
    allow('ListExecutions', ['states:ListExecutions'], [on.stateMachineArn]),
    allow(
      'DescribeExecution',
      ['states:DescribeExecution'],
      [on.executionsArn, on.mapExecutionsArn],
      ONE_PER_RUN,
    ),
    // If the execution of a map was stopped, its runs continue, so the handler stops them.
    allow('StopRuns', ['states:StopExecution'], [on.executionsArn], ONE_PER_RUN),
    allow(
      'EndBuild',
      ['codebuild:ListBuildsForProject', 'codebuild:BatchGetBuilds', 'codebuild:StopBuild'],
      on.projectArns,
    ),
    allow(
      'EndRecords',
      ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'],
      [on.table.tableArn],
    ),
    putFacets(on),
    allow(
      'FindOpenRuns',
      ['dynamodb:Query'],
      [runsByDayArn(on.table.tableArn), runsByFacetArn(on.table.tableArn)],
    ),
    changeLocks(on),
    allow('FindLocks', ['dynamodb:Scan'], [on.lockTable.tableArn]),
    allow('HandOverLocks', ['states:SendTaskSuccess', 'states:SendTaskFailure'], [on.stateMachineArn]),
    allow('ReadFiles', ['s3:GetObject'], objects(on, TRIGGERS, mapDescriptionKey('*')), ONE_PER_RUN),
    reportMissingObjects(on),
    announce(on),
    ...keyAccess(on.encryptionKey, 'readWrite', ['dynamodb']),
    ...keyAccess(on.encryptionKey, 'read', ['s3'], 'DecryptFiles'),
  ],
  'drive-map': (on: AccessedResources) => [
    allow('ReadMaps', ['s3:GetObject'], objects(on, mapDescriptionKey('*'), mapCancelKey('*')), ONE_PER_RUN),
    // `putInput` reads an object that exists already, to compare its content.
    allow(
      'PutInput',
      ['s3:PutObject', 's3:GetObject'],
      objects(on, invocationKey('*'), TRIGGERS),
      ONE_PER_RUN,
    ),
    reportMissingObjects(on),
    allow('ReadProgress', ['dynamodb:BatchGetItem', 'dynamodb:GetItem'], [on.table.tableArn]).when(
      'ForAllValues:StringLike',
      { 'dynamodb:LeadingKeys': `${MAP_ITEMS_PREFIX}*` },
    ),
    allow('CountStarted', ['dynamodb:UpdateItem'], [on.table.tableArn]).when('ForAllValues:StringLike', {
      'dynamodb:LeadingKeys': `${MAP_ITEMS_PREFIX}*`,
    }),
    ...keyAccess(on.encryptionKey, 'readWrite', ['s3', 'dynamodb']),
  ],
  'start-target': (on: AccessedResources) => [
    allow('StartExecution', ['states:StartExecution'], [on.stateMachineArn]),
    allow('DescribeExecution', ['states:DescribeExecution'], [on.executionsArn], ONE_PER_RUN),
    allow(
      'ReadTargets',
      ['s3:GetObject'],
      objects(on, ...PUBLISHED_TARGETS, invocationKey('*'), TRIGGERS, OUTPUTS),
      ONE_PER_RUN,
    ),
    allow('PutInput', ['s3:PutObject'], objects(on, invocationKey('*'), TRIGGERS), ONE_PER_RUN),
    reportMissingObjects(on),
    allow('ReadRecords', ['dynamodb:GetItem'], [on.table.tableArn]),
    allow('ReadLogs', ['logs:GetLogEvents'], on.buildLogArns, 'The streams of the log groups of builds.'),
    announce(on),
    ...keyAccess(on.encryptionKey, 'readWrite', ['s3']),
    ...keyAccess(on.encryptionKey, 'read', ['dynamodb'], 'DecryptRecords'),
  ],
} as const;

/** Reason for the patterns of objects and executions, whose names contain a run's id or a digest. */
const ONE_PER_RUN = 'There is one for each run or bundle, and all of them are the seedkit’s own.';

const BUNDLES = `${BUNDLES_PREFIX}*`;
const INBOX = `${INBOX_PREFIX}*`;
const TRIGGERS = triggerKey('*');
const PUBLISHED_LAYERS = `${PUBLISHED_LAYERS_PREFIX}*`;
/** Lists of versions, and definitions of versions. */
const PUBLISHED_TARGETS = [`${TARGETS_PREFIX}*`, `${DEFINITIONS_PREFIX}*`];
const OUTPUTS = `${OUTPUTS_PREFIX}*`;

function objects(on: AccessedResources, ...patterns: string[]): string[] {
  return patterns.map((pattern) => on.bucket.arnForObjects(pattern));
}

/** Allows listing the bucket. Otherwise S3 would return AccessDenied instead of NoSuchKey for a missing object. */
function reportMissingObjects(on: AccessedResources): PolicyStatement {
  return allow('TellMissingObjects', ['s3:ListBucket'], [on.bucket.bucketArn]);
}

/** Allows writing items of the index by facet, but no records. */
function putFacets(on: AccessedResources): PolicyStatement {
  return allow('PutFacets', ['dynamodb:BatchWriteItem'], [on.table.tableArn]).when(
    'ForAllValues:StringLike',
    {
      'dynamodb:LeadingKeys': [`${FACET_KEY_PREFIX}*`],
    },
  );
}

function announce(on: AccessedResources): PolicyStatement {
  return allow('Announce', ['events:PutEvents'], [on.bus.eventBusArn]);
}

/** Allows changing locks. Update is enough, because the holder and the queue of a lock are attributes of its item. */
function changeLocks(on: AccessedResources): PolicyStatement {
  return allow('ChangeLocks', ['dynamodb:GetItem', 'dynamodb:UpdateItem'], [on.lockTable.tableArn]);
}

function passRoles(on: AccessedResources): PolicyStatement[] {
  if (on.allow.roles.length === 0) return [];
  const pass = allow('PassAllowedRoles', ['iam:PassRole'], on.allow.roles);
  return [pass.when('StringEquals', { 'iam:PassedToService': 'codebuild.amazonaws.com' })];
}

/**
 * Denies what `prepare-run` refuses, in case a request bypasses its checks. A build that names no image, fleet or
 * privileged mode of its own has none of the condition keys, so no statement applies to it.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/action-context-keys.html
 */
function denyUnlisted(on: AccessedResources): PolicyStatement[] {
  const { images, fleets, privileged } = on.allow;
  return [
    deny(on, 'RefuseOtherImages', unlisted('codebuild:environment.image', images)),
    deny(on, 'RefuseOtherFleets', unlisted('codebuild:environment.fleet.fleetArn', fleets)),
    ...(privileged
      ? []
      : [deny(on, 'RefusePrivileged', { Bool: { 'codebuild:environment.privilegedMode': 'true' } })]),
  ];
}

/**
 * Matches a request that names a value outside a list. `StringNotLike` alone would also match a request without the
 * key.
 */
function unlisted(key: string, list: readonly string[]) {
  const named = { Null: { [key]: 'false' } };
  return list.length === 0 ? named : { ...named, StringNotLike: { [key]: [...list] } };
}

function deny(on: AccessedResources, sid: string, conditions: Record<string, Record<string, unknown>>) {
  return new PolicyStatement({
    sid,
    effect: Effect.DENY,
    actions: ['codebuild:StartBuild'],
    resources: [...on.projectArns],
    conditions,
  });
}
