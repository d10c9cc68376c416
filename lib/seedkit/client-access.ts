import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable, type IRole, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

import {
  BUNDLES_PREFIX,
  createdOnceKeys,
  DEFINITIONS_PREFIX,
  INBOX_PREFIX,
  INBOX_TARGETS_PREFIX,
  inputsPattern,
  invocationKey,
  MAPS_PREFIX,
  OUTPUTS_PREFIX,
  parseTargetName,
  PUBLISHED_LAYERS_PREFIX,
  seedkitNames,
  TARGETS_PREFIX,
} from '../contract/index.js';
import { allow } from '../control-plane/access-statement.js';
import { definedOnly } from '../contract/defined-only.js';
import { keyAccess } from '../control-plane/key-access.js';
import {
  executionsArn,
  handlerArn,
  mapExecutionsArn,
  mapMachineArn,
  projectArn,
  runsByDayArn,
  runsByFacetArn,
  schedulesArn,
  stateMachineArn,
} from '../control-plane/resource-arns.js';

/** Properties of {@link ClientAccess}. */
export interface ClientAccessProps {
  readonly seedkit: string;
  readonly bucket: Bucket;
  readonly table: Table;
  readonly lockTable: Table;
  /** Role that EventBridge Scheduler assumes to start published targets. */
  readonly schedulerRole: IRole;
  /** Names or patterns of the allowed projects, in addition to the seedkit's own. */
  readonly projects: readonly string[];
  readonly encryptionKey?: IKey | undefined;
}

/** Policy statements for the API calls of the client library. */
export class ClientAccess extends Construct {
  private readonly props: ClientAccessProps;

  constructor(scope: Construct, id: string, props: ClientAccessProps) {
    super(scope, id);
    this.props = props;
  }

  /** Returns the rights to submit, follow and cancel runs. Nothing is written to DynamoDB. */
  toSubmitAndRead(): PolicyStatement[] {
    const { seedkit, encryptionKey } = this.props;
    return [
      allow(
        'CreateObjects',
        ['s3:PutObject'],
        this.objects(BUNDLES, invocationKey('*'), ...createdOnceKeys('*')),
        ONE_PER_RUN,
      ).when('Null', { 's3:if-none-match': 'false' }),
      // The requests that start a multipart upload or send a part have no header `If-None-Match`. The request that
      // completes it has one.
      allow('PutParts', ['s3:PutObject'], this.objects(BUNDLES), ONE_PER_RUN).when('Bool', {
        's3:ObjectCreationOperation': 'false',
      }),
      allow('EndUploads', ['s3:AbortMultipartUpload'], this.objects(BUNDLES), ONE_PER_RUN),
      allow(
        'StartRun',
        ['states:StartExecution'],
        [stateMachineArn(this, seedkit), mapMachineArn(this, seedkit)],
      ),
      allow('CancelRun', ['states:StopExecution'], this.executions(), ONE_PER_RUN),
      ...this.reading(),
      ...keyAccess(encryptionKey, 'readWrite', ['s3']),
      ...keyAccess(encryptionKey, 'read', ['dynamodb'], 'DecryptRecords'),
    ];
  }

  /**
   * Returns the rights to put objects into the inbox. A multipart upload also needs the right to decrypt with the KMS
   * key.
   */
  toFillInbox(): PolicyStatement[] {
    return [
      allow('PutInbox', ['s3:PutObject'], this.objects(`${INBOX_PREFIX}*`), ONE_PER_RUN),
      ...keyAccess(this.props.encryptionKey, 'readWrite', ['s3']),
    ];
  }

  /** Returns the rights to find the seedkit and to read its runs: records, histories, outputs, builds and logs. */
  toRead(): PolicyStatement[] {
    return [...this.reading(), ...keyAccess(this.props.encryptionKey, 'read', ['s3', 'dynamodb'])];
  }

  /**
   * Returns the rights to open shells in builds, without those to read runs. AWS documents two resources for a session
   * with a build: that of the build, and that of the ECS task in which CodeBuild runs it, in an account of AWS. The
   * rights name both, because AWS does not document which one applies. They include `ssmmessages:OpenDataChannel` as
   * AWS's own policies do.
   *
   * @see https://docs.aws.amazon.com/codebuild/latest/userguide/sandbox.html#sandbox-prereq
   * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeBuildDeveloperAccess.html
   */
  toDebug(): PolicyStatement[] {
    const { seedkit, projects } = this.props;
    const names = [seedkitNames.project(seedkit), ...projects];
    return [
      allow(
        'LookAtBuild',
        ['codebuild:BatchGetBuilds'],
        names.map((project) => projectArn(this, project)),
      ),
      allow(
        'OpenShell',
        ['ssm:StartSession'],
        [
          ...names.map((project) => this.arn('codebuild', 'build', `${project}:*`)),
          Stack.of(this).formatArn({ service: 'ecs', resource: 'task', resourceName: '*/*', account: '*' }),
        ],
        'A build has no name before it starts, and CodeBuild’s tasks are in accounts of AWS.',
      ),
      allow(
        'ConnectSession',
        ['ssmmessages:OpenDataChannel'],
        [this.arn('ssm', 'session', '*')],
        'A session has no id before it starts, and its channel needs the token of who started it.',
      ),
      allow(
        'EndSession',
        ['ssm:ResumeSession', 'ssm:TerminateSession'],
        [this.arn('ssm', 'session', '${aws:userid}-*')],
        'Session Manager begins the ids of sessions with the user’s id.',
      ),
    ];
  }

  /** Returns the rights to release locks and to read runs. */
  toReleaseLocks(): PolicyStatement[] {
    const { seedkit, lockTable, projects, encryptionKey } = this.props;
    const builds = [seedkitNames.project(seedkit), ...projects].map((project) => projectArn(this, project));
    return [
      allow('ChangeLocks', ['dynamodb:UpdateItem'], [lockTable.tableArn]),
      allow('LookAtBuild', ['codebuild:BatchGetBuilds'], builds),
      allow('HandOverLock', ['states:SendTaskSuccess'], [stateMachineArn(this, seedkit)]),
      ...this.reading(),
      ...keyAccess(encryptionKey, 'read', ['s3'], 'DecryptFiles'),
      ...keyAccess(encryptionKey, 'readWrite', ['dynamodb']),
    ];
  }

  /**
   * Returns the rights to publish targets: to upload layers, copy them below `published/`, and change targets. They do
   * not include the right to start runs.
   */
  toPublish(): PolicyStatement[] {
    const { seedkit, encryptionKey } = this.props;
    return [
      allow('CreateObjects', ['s3:PutObject'], this.objects(BUNDLES, ...PUBLISHED_ONCE), ONE_PER_RUN).when(
        'Null',
        { 's3:if-none-match': 'false' },
      ),
      // The requests that start a multipart upload or send a part have no header `If-None-Match`. The request that
      // completes it has one.
      allow('PutParts', ['s3:PutObject'], this.objects(BUNDLES, PUBLISHED_LAYERS), ONE_PER_RUN).when('Bool', {
        's3:ObjectCreationOperation': 'false',
      }),
      allow('EndUploads', ['s3:AbortMultipartUpload'], this.objects(BUNDLES, PUBLISHED_LAYERS), ONE_PER_RUN),
      allow('ChangeTargets', ['s3:PutObject'], this.objects(TARGETS), ONE_PER_TARGET),
      allow('DeleteVersions', ['s3:DeleteObject'], this.objects(...PUBLISHED_ONCE), ONE_PER_TARGET),
      allow(
        'ReadObjects',
        ['s3:GetObject'],
        this.objects(BUNDLES, TARGETS, ...PUBLISHED_ONCE),
        ONE_PER_TARGET,
      ),
      ...this.readingSchedules(),
      this.finding(seedkit),
      allow('FindObjects', ['s3:ListBucket'], [this.props.bucket.bucketArn]),
      ...keyAccess(encryptionKey, 'readWrite', ['s3']),
    ];
  }

  /**
   * Returns the rights to start published targets, to read their runs through `start-target`, and to list targets. They
   * do not allow running other code.
   */
  toStartTargets(): PolicyStatement[] {
    const { seedkit, bucket, encryptionKey } = this.props;
    return [
      allow('StartTargets', ['lambda:InvokeFunction'], [handlerArn(this, seedkit, 'start-target')]),
      allow('PutStarts', ['s3:PutObject'], this.objects(`${INBOX_TARGETS_PREFIX}*`), ONE_PER_TARGET),
      allow('ReadTargets', ['s3:GetObject'], this.objects(TARGETS), ONE_PER_TARGET),
      allow('ListTargets', ['s3:ListBucket'], [bucket.bucketArn]).when('StringLike', {
        's3:prefix': TARGETS,
      }),
      this.finding(seedkit),
      ...keyAccess(encryptionKey, 'readWrite', ['s3']),
    ];
  }

  /**
   * Returns the rights to add, change and remove schedules of published targets, and to start the targets. A principal
   * that may schedule a target can in any case start it within a minute.
   */
  toSchedule(): PolicyStatement[] {
    const { seedkit, schedulerRole } = this.props;
    const group = seedkitNames.scheduleGroup(seedkit);
    return [
      ...this.toStartTargets(),
      ...this.readingSchedules(),
      allow(
        'ChangeSchedules',
        ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
        [schedulesArn(this, group)],
        ONE_PER_SCHEDULE,
      ),
      allow('PassSchedulerRole', ['iam:PassRole'], [schedulerRole.roleArn]).when('StringEquals', {
        'iam:PassedToService': 'scheduler.amazonaws.com',
      }),
    ];
  }

  /** Returns the rights to start some targets by objects below `inbox/targets/<name>/`, and nothing else. */
  toStartByInbox(names: readonly string[]): PolicyStatement[] {
    const keys = names.map((name) => `${INBOX_TARGETS_PREFIX}${parseTargetName(name)}/*`);
    return [
      allow('PutStarts', ['s3:PutObject'], this.objects(...keys), ONE_PER_TARGET),
      ...keyAccess(this.props.encryptionKey, 'readWrite', ['s3']),
    ];
  }

  /** Adds the statements to a principal. */
  grant(grantee: IGrantable, statements: readonly PolicyStatement[]): Grant {
    return statements
      .map(({ actions, resources, conditions }) =>
        Grant.addToPrincipal({
          grantee,
          actions,
          resourceArns: resources,
          conditions: conditions as Record<string, Record<string, unknown>>,
        }),
      )
      .reduce((all, grant) => all.combine(grant));
  }

  private reading(): PolicyStatement[] {
    const { seedkit, bucket, table, lockTable, projects } = this.props;
    return [
      this.finding(seedkit),
      allow('ListRuns', ['states:ListExecutions'], [stateMachineArn(this, seedkit)]),
      allow(
        'FollowRun',
        ['states:DescribeExecution', 'states:DescribeStateMachineForExecution', 'states:GetExecutionHistory'],
        this.executions(),
        ONE_PER_RUN,
      ),
      allow(
        'ReadRecords',
        ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
        [table.tableArn, runsByDayArn(table.tableArn), runsByFacetArn(table.tableArn)],
      ),
      allow('ReadLocks', ['dynamodb:GetItem', 'dynamodb:Scan'], [lockTable.tableArn]),
      allow(
        'ReadObjects',
        ['s3:GetObject'],
        this.objects(BUNDLES, inputsPattern(), `${OUTPUTS_PREFIX}*`, `${MAPS_PREFIX}*`, TARGETS),
        ONE_PER_RUN,
      ),
      // Without this right, S3 returns AccessDenied instead of NoSuchKey for a missing object.
      allow('FindObjects', ['s3:ListBucket'], [bucket.bucketArn]),
      this.readLogs(
        'ReadLog',
        [seedkitNames.project(seedkit)],
        'The streams of the one log group of builds.',
      ),
      ...(projects.length === 0 ? [] : [this.readLogs('ReadAllowedLogs', projects)]),
    ];
  }

  private readingSchedules(): PolicyStatement[] {
    const group = seedkitNames.scheduleGroup(this.props.seedkit);
    return [
      allow('ReadSchedules', ['scheduler:GetSchedule'], [schedulesArn(this, group)], ONE_PER_SCHEDULE),
      // IAM compares ListSchedules with the schedules of all groups, whichever group the request names.
      allow(
        'ListSchedules',
        ['scheduler:ListSchedules'],
        [schedulesArn(this, '*')],
        'EventBridge Scheduler has no right to list the schedules of one group. The list has names, groups and states only.',
      ),
    ];
  }

  private finding(seedkit: string): PolicyStatement {
    // The client finds the stack by its name, so the pattern covers the id at the end of the ARN.
    const stack = this.arn('cloudformation', 'stack', `${seedkitNames.stack(seedkit)}/*`);
    return allow(
      'FindSeedkit',
      ['cloudformation:DescribeStacks'],
      [stack],
      'AWS ends a stack’s ARN in an id.',
    );
  }

  private readLogs(sid: string, projects: readonly string[], patternsReason?: string): PolicyStatement {
    const logGroups = projects.map((project) =>
      this.arn('logs', 'log-group', buildLogGroupOf(project), ArnFormat.COLON_RESOURCE_NAME),
    );
    return allow(
      sid,
      ['logs:DescribeLogStreams', 'logs:FilterLogEvents', 'logs:GetLogEvents'],
      // IAM checks some of the actions against the ARN with the suffix, others without.
      logGroups.flatMap((logGroup) => [logGroup, `${logGroup}:*`]),
      patternsReason,
    );
  }

  /** Returns the patterns of the executions of runs and of maps. */
  private executions(): string[] {
    const { seedkit } = this.props;
    return [executionsArn(this, seedkit), mapExecutionsArn(this, seedkit)];
  }

  private objects(...patterns: string[]): string[] {
    return patterns.map((pattern) => this.props.bucket.arnForObjects(pattern));
  }

  private arn(service: string, resource: string, resourceName: string, arnFormat?: ArnFormat): string {
    return Stack.of(this).formatArn({ service, resource, resourceName, ...definedOnly({ arnFormat }) });
  }
}

const TARGETS = `${TARGETS_PREFIX}*`;
const PUBLISHED_LAYERS = `${PUBLISHED_LAYERS_PREFIX}*`;
/** Objects that a publication creates and that must never be replaced. */
const PUBLISHED_ONCE = [PUBLISHED_LAYERS, `${DEFINITIONS_PREFIX}*`];
const BUNDLES = `${BUNDLES_PREFIX}*`;

/** Returns the name of the log group that CodeBuild uses for a project without log settings. */
function buildLogGroupOf(project: string): string {
  return `/aws/codebuild/${project}`;
}

const ONE_PER_TARGET = 'There is one for each target or version, and all of them are the seedkit’s own.';
const ONE_PER_SCHEDULE = 'There is one for each schedule, and all of them are in the seedkit’s own group.';
const ONE_PER_RUN = 'There is one for each run or bundle, and all of them are the seedkit’s own.';
