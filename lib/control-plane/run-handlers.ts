import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

import { allowListSchema, type AllowList, type HandlerVariable } from '../contract/index.js';
import { allowListVariable } from './allow-list-variable.js';
import { handlerAccess, type AccessedResources } from './handler-access.js';
import { Handler, type HandlerSetting } from './handler.js';
import {
  buildLogStreamsArn,
  executionsArn,
  mapExecutionsArn,
  mapMachineArn,
  projectArn,
  stateMachineArn,
} from './resource-arns.js';

/** Properties of {@link RunHandlers}. */
export interface RunHandlersProps {
  readonly setting: HandlerSetting;
  readonly bucket: Bucket;
  readonly table: Table;
  readonly lockTable: Table;
  readonly bus: EventBus;
  readonly project: string;
  readonly allow: Partial<AllowList>;
  readonly recordExpirationDays: number;
  readonly bundleExpirationDays: number;
  readonly hasRegistryCredentials: boolean;
  readonly hasPackages: boolean;
}

type RunHandlerName = keyof typeof handlerAccess;

/** The Lambda handlers that drive runs. */
export class RunHandlers extends Construct {
  readonly startRun: LambdaFunction;
  readonly prepareRun: LambdaFunction;
  readonly startBuild: LambdaFunction;
  readonly awaitLock: LambdaFunction;
  readonly pollBuild: LambdaFunction;
  readonly wakeRun: LambdaFunction;
  readonly collectOutcome: LambdaFunction;
  readonly reconcileRun: LambdaFunction;
  readonly driveMap: LambdaFunction;
  readonly startTarget: LambdaFunction;

  constructor(scope: Construct, id: string, props: RunHandlersProps) {
    super(scope, id);
    const allow = allowListSchema.parse(props.allow);
    const variables = this.variables(props, allow);
    const accessed = this.accessedResources(props, allow);
    const handler = (constructId: string, name: RunHandlerName, timeout: Duration) =>
      new Handler(this, constructId, {
        setting: props.setting,
        handler: name,
        timeout,
        variables,
        access: handlerAccess[name](accessed),
      }).function;

    this.startRun = handler('StartRun', 'start-run', Duration.minutes(1));
    this.prepareRun = handler('PrepareRun', 'prepare-run', Duration.minutes(2));
    this.startBuild = handler('StartBuild', 'start-build', Duration.minutes(1));
    this.awaitLock = handler('AwaitLock', 'await-lock', Duration.seconds(30));
    this.pollBuild = handler('PollBuild', 'poll-build', Duration.seconds(30));
    this.wakeRun = handler('WakeRun', 'wake-run', Duration.seconds(30));
    this.collectOutcome = handler('CollectOutcome', 'collect-outcome', Duration.minutes(2));
    this.reconcileRun = handler('ReconcileRun', 'reconcile-run', Duration.minutes(4));
    this.driveMap = handler('DriveMap', 'drive-map', Duration.minutes(2));
    this.startTarget = handler('StartTarget', 'start-target', Duration.minutes(1));
  }

  private variables(props: RunHandlersProps, allow: AllowList): Record<HandlerVariable, string> {
    return {
      seedkit: props.setting.seedkit,
      bucket: props.bucket.bucketName,
      runTable: props.table.tableName,
      lockTable: props.lockTable.tableName,
      eventBus: props.bus.eventBusName,
      stateMachineArn: stateMachineArn(this, props.setting.seedkit),
      mapMachineArn: mapMachineArn(this, props.setting.seedkit),
      project: props.project,
      allow: allowListVariable(this, allow),
      recordExpirationDays: String(props.recordExpirationDays),
      bundleExpirationDays: String(props.bundleExpirationDays),
      hasRegistryCredentials: String(props.hasRegistryCredentials),
      hasPackages: String(props.hasPackages),
    };
  }

  private accessedResources(props: RunHandlersProps, allow: AllowList): AccessedResources {
    const { seedkit, encryptionKey } = props.setting;
    return {
      bucket: props.bucket,
      table: props.table,
      lockTable: props.lockTable,
      bus: props.bus,
      stateMachineArn: stateMachineArn(this, seedkit),
      executionsArn: executionsArn(this, seedkit),
      mapExecutionsArn: mapExecutionsArn(this, seedkit),
      projectArns: [props.project, ...allow.projects].map((project) => projectArn(this, project)),
      buildLogArns: [props.project, ...allow.projects].map((project) => buildLogStreamsArn(this, project)),
      allow,
      encryptionKey,
    };
  }
}
