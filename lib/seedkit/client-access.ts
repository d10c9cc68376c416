import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, PolicyStatement, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

import { BUNDLES_PREFIX, RUNS_PREFIX, seedkitNames } from '../contract/index.js';
import { keyAccess } from '../control-plane/key-access.js';
import { executionsArn, projectArn, runsByDayArn, stateMachineArn } from '../control-plane/resource-arns.js';

export interface ClientAccessProps {
  readonly seedkit: string;
  readonly bucket: Bucket;
  readonly table: Table;
  /** Names or patterns of the projects that runs are built in. */
  readonly projects: readonly string[];
  readonly encryptionKey?: IKey | undefined;
}

/** What the client library calls, as statements for a policy or a principal. */
export class ClientAccess extends Construct {
  private readonly props: ClientAccessProps;

  constructor(scope: Construct, id: string, props: ClientAccessProps) {
    super(scope, id);
    this.props = props;
  }

  /** To submit runs, follow and cancel them. The key is used through the services whose data it touches. */
  toSubmitAndRead(): PolicyStatement[] {
    const { seedkit, encryptionKey } = this.props;
    return [
      allow('PutObjects', ['s3:PutObject'], this.objects()),
      allow('StartRun', ['states:StartExecution'], [stateMachineArn(this, seedkit)]),
      allow('CancelRun', ['states:StopExecution'], [executionsArn(this, seedkit)]),
      ...this.reading(),
      ...keyAccess(encryptionKey, 'readWrite', ['s3', 'dynamodb']),
    ];
  }

  /** To find the seedkit and follow its runs: records, histories, outputs, builds and logs. */
  toRead(): PolicyStatement[] {
    return [...this.reading(), ...keyAccess(this.props.encryptionKey, 'read', ['s3', 'dynamodb'])];
  }

  /** Gives a principal what the statements say. */
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
    const { seedkit, bucket, table, projects } = this.props;
    const projectArns = projects.map((project) => projectArn(this, project));
    const executions = executionsArn(this, seedkit);
    const logGroups = projects.map((project) =>
      this.arn('logs', 'log-group', buildLogGroupOf(project), ArnFormat.COLON_RESOURCE_NAME),
    );
    // By name: the client knows the seedkit's name and nothing else.
    const stack = this.arn('cloudformation', 'stack', `${seedkitNames.stack(seedkit)}/*`);
    return [
      allow('FindSeedkit', ['cloudformation:DescribeStacks'], [stack]),
      allow('ListRuns', ['states:ListExecutions'], [stateMachineArn(this, seedkit)]),
      allow('FollowRun', ['states:DescribeExecution', 'states:GetExecutionHistory'], [executions]),
      allow(
        'ReadRecords',
        ['dynamodb:GetItem', 'dynamodb:Query'],
        [table.tableArn, runsByDayArn(table.tableArn)],
      ),
      allow('ReadObjects', ['s3:GetObject'], this.objects()),
      allow('FindObjects', ['s3:ListBucket'], [bucket.bucketArn]),
      allow('LookAtBuild', ['codebuild:BatchGetBuilds'], projectArns),
      allow(
        'ReadLog',
        ['logs:DescribeLogStreams', 'logs:FilterLogEvents', 'logs:GetLogEvents'],
        // With and without the suffix: the actions differ in which one they are checked against.
        logGroups.flatMap((logGroup) => [logGroup, `${logGroup}:*`]),
      ),
    ];
  }

  private objects(): string[] {
    return [BUNDLES_PREFIX, RUNS_PREFIX].map((prefix) => this.props.bucket.arnForObjects(`${prefix}*`));
  }

  private arn(service: string, resource: string, resourceName: string, arnFormat?: ArnFormat): string {
    return Stack.of(this).formatArn({
      service,
      resource,
      resourceName,
      ...(arnFormat === undefined ? {} : { arnFormat }),
    });
  }
}

/** Where CodeBuild logs what a project builds, unless the project says otherwise. */
function buildLogGroupOf(project: string): string {
  return `/aws/codebuild/${project}`;
}

function allow(sid: string, actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ sid, actions, resources });
}
