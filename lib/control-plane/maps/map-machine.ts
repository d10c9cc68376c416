/**
 * The state machine that drives maps. Each map is one execution, and the map's id is the execution's name.
 *
 * Lifecycle
 * ---------
 *     InitializeMap -> PrepareMap -> RecordMap -> EmitMapRunning -> RunInputs -> CollectMap -> RecordMapEnd
 *       -> EmitMapEnded -> RecordMapAnnounced -> DidMapSucceed -> MapSucceeded | MapFailed
 *
 * RunInputs is a Distributed Map over the lines of `maps/<mapId>/inputs.jsonl`. Each line has a child execution:
 *
 *     InitializeInput -> PrepareInput -> MayRunStart -> RunInput -> CountSucceeded -> InputEnded
 *       MayRunStart <-> WaitForOtherRuns, or EndMapEarly         (the map was canceled or stopped)
 *       RunInput -> LookAtRun <-> HasRunEnded, WaitForRecord     (the run failed, or its end is not known)
 *         -> NoteReason (it has no record) -> MayMapGoOn -> StopMap -> CountFailed -> InputEnded
 *
 * RunInput starts an execution of the seedkit's other state machine, under the run's id, and waits for its end. So the
 * runs of a map are ordinary runs, with records, events and logs of their own.
 *
 * Guarantees
 * ----------
 * - An input has one run: its id is made of the map's id and the input's index, and Step Functions starts it once.
 * - Each end is counted once: progress is kept as sets of indexes.
 * - The failure of a run never stops other runs that have started. With `onError: 'stop'`, or after a client has
 *   canceled the map, the next children wait until no run is in progress. Then one of them fails, which ends RunInputs.
 * - The record is written before the event is sent. If an event cannot be sent, the map still continues and ends. The
 *   sweep sends the event of an end that is not recorded as announced, so it may be sent twice, and none is lost.
 *
 * Gotchas
 * -------
 * - The states of a child do not see the variables of the map. ItemSelector passes what they need.
 * - A failed child ends RunInputs at once, and Step Functions then stops the others. So a child must not fail except in
 *   EndMapEarly.
 * - StopExecution, the machine's own timeout, States.Runtime and States.DataLimitExceeded bypass all catches. The
 *   handler `reconcile-run` then stops and counts the runs that are still in progress, ends the record and announces
 *   the end. Until then, the record still has the status RUNNING, and the client reads the status from the execution.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
import { Aws, type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

import { definedOnly } from '../../contract/defined-only.js';
import { MAP_ITEMS_PREFIX, mapChildrenPrefix, mapInputsKey, seedkitNames } from '../../contract/index.js';
import { allow, explainPatterns, explainResources } from '../access-statement.js';
import { keyAccess } from '../key-access.js';
import {
  executionsArn,
  mapChildrenArn,
  mapExecutionsArn,
  mapMachineArn,
  nestedEndsRuleArn,
} from '../resource-arns.js';
import { mapDefinition } from './map-definition.js';
import type { MapDefinitionProps } from './map-states.js';

/** Properties of a {@link MapMachine}. */
export interface MapMachineProps extends MapDefinitionProps {
  readonly seedkit: string;
  readonly encryptionKey?: IKey | undefined;
  readonly logRetention: RetentionDays;
  /** Maximum duration of a map: the age at which the bucket deletes its inputs. */
  readonly timeout: Duration;
}

/** The state machine of maps with its role and log group. */
export class MapMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: MapMachineProps) {
    super(scope, id);
    const { seedkit, encryptionKey } = props;
    const logGroup = new LogGroup(this, 'LogGroup', {
      logGroupName: seedkitNames.mapMachineLogGroup(seedkit),
      retention: props.logRetention,
      ...definedOnly({ encryptionKey }),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: this.trustedService() });
    const access = this.access(props);
    for (const statement of access) role.addToPolicy(statement);
    explainPatterns(role, access);
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: seedkitNames.mapMachine(seedkit),
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(
        Stack.of(this).toJsonString(mapDefinition(props, props.timeout.toSeconds())),
      ),
      role,
      tracingEnabled: true,
      // Requests contain environment variables and the key for the seals (HMACs) of inputs, which must not be logged.
      logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: false },
    });
    this.stateMachine.node.addDependency(role);
    explainResources(role, ['*'], 'Actions for traces and for the delivery of logs support no resource.');
  }

  private access({
    seedkit,
    bucket,
    table,
    bus,
    driveMap,
    stateMachineArn,
    encryptionKey,
  }: MapMachineProps): PolicyStatement[] {
    const inputs = bucket.arnForObjects(mapInputsKey('*'));
    const children = bucket.arnForObjects(`${mapChildrenPrefix('*')}/*`);
    return [
      allow('CallHandler', ['lambda:InvokeFunction'], [driveMap.functionArn]),
      allow(
        'StartRunsAndChildren',
        ['states:StartExecution'],
        [stateMachineArn, mapMachineArn(this, seedkit)],
      ),
      allow(
        'WaitForRunsAndChildren',
        ['states:DescribeExecution', 'states:StopExecution'],
        [executionsArn(this, seedkit), mapExecutionsArn(this, seedkit), mapChildrenArn(this, seedkit)],
        ONE_PER_MAP,
      ),
      // Step Functions manages this rule of the account, to be notified when an execution that it waits for ends.
      allow(
        'NoticeEndsOfRuns',
        ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        [nestedEndsRuleArn(this)],
      ),
      allow('ReadRecords', ['dynamodb:GetItem'], [table.tableArn]),
      allow('RecordMaps', ['dynamodb:PutItem', 'dynamodb:UpdateItem'], [table.tableArn]).when(
        'ForAllValues:StringLike',
        { 'dynamodb:LeadingKeys': `${MAP_ITEMS_PREFIX}*` },
      ),
      allow('Announce', ['events:PutEvents'], [bus.eventBusArn]),
      allow('ReadInputs', ['s3:GetObject'], [inputs], ONE_PER_MAP),
      allow(
        'ListChildren',
        ['s3:PutObject', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
        [children],
        ONE_PER_MAP,
      ),
      ...keyAccess(encryptionKey, 'readWrite', ['s3', 'dynamodb']),
    ];
  }

  private trustedService(): ServicePrincipal {
    const machines = Stack.of(this).formatArn({ service: 'states', resource: '*' });
    return new ServicePrincipal('states.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': machines },
      },
    });
  }
}

const ONE_PER_MAP = 'There is one for each run or map, and all of them are the seedkit’s own.';
