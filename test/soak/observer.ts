import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetBuildsCommand,
  type Build,
  CodeBuildClient,
  paginateListBuilds,
} from '@aws-sdk/client-codebuild';
import { DynamoDBClient, GetItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { ExecutionDoesNotExist, DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { unmarshall } from '@aws-sdk/util-dynamodb';

import {
  type LockState,
  isFacetItem,
  MAP_DESCRIPTION_MAX_BYTES,
  MAP_ITEMS_PREFIX,
  MAP_STATE_CHANGE,
  type MapRecord,
  type MapStateChange,
  mapDescriptionKey,
  parseMapDescription,
  parseMapRecord,
  parseMapStateChange,
  parseRunRecord,
  parseRunStateChange,
  RUN_REFUSED,
  RUN_STATE_CHANGE,
  type RunRecord,
  type RunRefused,
  runRefusedSchema,
  type RunStateChange,
} from '../../lib/contract/index.js';
import { readLocks } from '../../lib/run-store/lock.js';
import { readObject } from '../../lib/s3-objects.js';
import { OBSERVER } from './faults.js';
import { type StoredVersion, storedVersions } from './publisher.js';

const LOG_GROUP = '/soak/events';

interface ReceivedEvent {
  readonly 'detail-type': string;
  readonly detail: unknown;
}

/** Reads the state of the control plane with calls that the interceptor of faults ignores. */
export interface Observer {
  record(runId: string): Promise<RunRecord | undefined>;
  records(): Promise<RunRecord[]>;
  /** Returns the records of maps. */
  maps(): Promise<MapRecord[]>;
  /** Returns the indexes of the inputs of a map. */
  inputsOf(mapId: string): Promise<number[]>;
  /** Returns all `Run State Change` events that a rule on the bus received. */
  events(): Promise<RunStateChange[]>;
  /** Returns every `Map State Change` that the rule received. */
  mapEvents(): Promise<MapStateChange[]>;
  /** Returns every `Run Refused` that the rule received. */
  refusals(): Promise<RunRefused[]>;
  /** Returns all versions of the published targets. */
  versions(): Promise<StoredVersion[]>;
  builds(): Promise<Build[]>;
  locks(): Promise<LockState[]>;
  hasExecution(runId: string): Promise<boolean>;
  /** Invokes reconcile-run with the event of its schedule. */
  sweep(): Promise<void>;
  /** Invokes wake-run with an event that says that the build has ended, even if it has not. */
  wake(buildId: string): Promise<void>;
}

/** Names and ARNs of the seedkit's resources. */
export interface Observed {
  readonly runTable: string;
  readonly lockTable: string;
  readonly bucket: string;
  readonly eventBus: string;
  readonly stateMachineArn: string;
  readonly reconcileFunction: string;
  readonly wakeFunction: string;
  readonly account: string;
  readonly region: string;
}

export async function openObserver(observed: Observed): Promise<Observer> {
  // Retries more often than other clients, because the account's request rates also apply to the observer.
  const config = { customUserAgent: OBSERVER, maxAttempts: 12 };
  const dynamodb = new DynamoDBClient(config);
  const logs = new CloudWatchLogsClient(config);
  const codebuild = new CodeBuildClient(config);
  const sfn = new SFNClient(config);
  const lambda = new LambdaClient(config);
  const files = { s3: new S3Client({ ...config, forcePathStyle: true }), bucket: observed.bucket };
  await subscribe(observed, logs, new EventBridgeClient(config));
  const TableName = observed.runTable;
  const items = async function* () {
    const pages = paginateScan({ client: dynamodb }, { TableName, ConsistentRead: true });
    for await (const { Items = [] } of pages) yield* Items.map((item) => unmarshall(item));
  };
  const received = async <Detail>(type: string, parse: (detail: unknown) => Detail): Promise<Detail[]> => {
    const details: Detail[] = [];
    for await (const { events = [] } of paginateFilterLogEvents(
      { client: logs },
      { logGroupName: LOG_GROUP },
    )) {
      const messages = events.map(({ message = '' }) => JSON.parse(message) as ReceivedEvent);
      const ofType = messages.filter((message) => message['detail-type'] === type);
      details.push(...ofType.map(({ detail }) => parse(detail)));
    }
    return details;
  };
  return {
    async record(runId) {
      const { Item } = await dynamodb.send(
        new GetItemCommand({ TableName, Key: { runId: { S: runId } }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : parseRunRecord(unmarshall(Item));
    },
    async records() {
      const records: RunRecord[] = [];
      for await (const item of items()) {
        const key = String(item['runId']);
        if (!isFacetItem(key) && !key.startsWith(MAP_ITEMS_PREFIX)) records.push(parseRunRecord(item));
      }
      return records;
    },
    async maps() {
      const records: MapRecord[] = [];
      for await (const item of items()) {
        const isRecord = String(item['runId']).startsWith(MAP_ITEMS_PREFIX) && 'mapId' in item;
        if (isRecord) records.push(parseMapRecord(item));
      }
      return records;
    },
    async inputsOf(mapId) {
      const { content } =
        (await readObject(mapDescriptionKey(mapId), files, MAP_DESCRIPTION_MAX_BYTES)) ?? {};
      const { ranges } = parseMapDescription(content ?? Buffer.alloc(0));
      return ranges.flatMap(([first, last]) =>
        Array.from({ length: last - first + 1 }, (_, offset) => first + offset),
      );
    },
    events: () => received(RUN_STATE_CHANGE, parseRunStateChange),
    mapEvents: () => received(MAP_STATE_CHANGE, parseMapStateChange),
    refusals: () => received(RUN_REFUSED, (detail) => runRefusedSchema.parse(detail)),
    versions: () => storedVersions(files),
    async builds() {
      const builds: Build[] = [];
      for await (const { ids = [] } of paginateListBuilds({ client: codebuild }, {})) {
        if (ids.length === 0) continue;
        builds.push(...((await codebuild.send(new BatchGetBuildsCommand({ ids }))).builds ?? []));
      }
      return builds;
    },
    locks: () => readLocks({ dynamodb, lockTable: observed.lockTable }),
    async hasExecution(runId) {
      const executionArn = `${observed.stateMachineArn.replace(':stateMachine:', ':execution:')}:${runId}`;
      try {
        await sfn.send(new DescribeExecutionCommand({ executionArn }));
        return true;
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return false;
        throw error;
      }
    },
    async wake(buildId) {
      const { region, account, wakeFunction } = observed;
      const event = {
        'detail-type': 'CodeBuild Build State Change',
        detail: {
          'build-id': `arn:aws:codebuild:${region}:${account}:build/${buildId}`,
          'build-status': 'SUCCEEDED',
        },
      };
      await lambda.send(
        new InvokeCommand({
          FunctionName: wakeFunction,
          InvocationType: 'Event',
          Payload: Buffer.from(JSON.stringify(event)),
        }),
      );
    },
    async sweep() {
      await lambda.send(
        new InvokeCommand({
          FunctionName: observed.reconcileFunction,
          Payload: Buffer.from(JSON.stringify({ 'detail-type': 'Scheduled Event', source: 'aws.events' })),
        }),
      );
    },
  };
}

async function subscribe(
  { eventBus, region, account }: Observed,
  logs: CloudWatchLogsClient,
  events: EventBridgeClient,
): Promise<void> {
  await logs.send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP }));
  await events.send(
    new PutRuleCommand({
      Name: 'soak',
      EventBusName: eventBus,
      EventPattern: JSON.stringify({ 'detail-type': [RUN_STATE_CHANGE, MAP_STATE_CHANGE, RUN_REFUSED] }),
    }),
  );
  const Arn = `arn:aws:logs:${region}:${account}:log-group:${LOG_GROUP}`;
  await events.send(
    new PutTargetsCommand({ Rule: 'soak', EventBusName: eventBus, Targets: [{ Id: 'log', Arn }] }),
  );
}
