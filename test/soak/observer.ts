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
import { ExecutionDoesNotExist, DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { unmarshall } from '@aws-sdk/util-dynamodb';

import {
  type LockState,
  isFacetItem,
  parseRunRecord,
  parseRunStateChange,
  RUN_STATE_CHANGE,
  type RunRecord,
  type RunStateChange,
} from '../../lib/contract/index.js';
import { readLocks } from '../../lib/run-store/lock.js';
import { OBSERVER } from './faults.js';

const LOG_GROUP = '/soak/events';

/** Reads the state of the control plane with calls that the interceptor of faults ignores. */
export interface Observer {
  record(runId: string): Promise<RunRecord | undefined>;
  records(): Promise<RunRecord[]>;
  /** Returns all `Run State Change` events that a rule on the bus received. */
  events(): Promise<RunStateChange[]>;
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
  await subscribe(observed, logs, new EventBridgeClient(config));
  const TableName = observed.runTable;
  return {
    async record(runId) {
      const { Item } = await dynamodb.send(
        new GetItemCommand({ TableName, Key: { runId: { S: runId } }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : parseRunRecord(unmarshall(Item));
    },
    async records() {
      const records: RunRecord[] = [];
      for await (const { Items = [] } of paginateScan(
        { client: dynamodb },
        { TableName, ConsistentRead: true },
      )) {
        const found = Items.filter(({ runId }) => !isFacetItem(runId?.S ?? ''));
        records.push(...found.map((item) => parseRunRecord(unmarshall(item))));
      }
      return records;
    },
    async events() {
      const received: RunStateChange[] = [];
      for await (const { events = [] } of paginateFilterLogEvents(
        { client: logs },
        { logGroupName: LOG_GROUP },
      )) {
        received.push(
          ...events.map(({ message = '' }) =>
            parseRunStateChange((JSON.parse(message) as { detail: unknown }).detail),
          ),
        );
      }
      return received;
    },
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
      EventPattern: JSON.stringify({ 'detail-type': [RUN_STATE_CHANGE] }),
    }),
  );
  const Arn = `arn:aws:logs:${region}:${account}:log-group:${LOG_GROUP}`;
  await events.send(
    new PutTargetsCommand({ Rule: 'soak', EventBusName: eventBus, Targets: [{ Id: 'log', Arn }] }),
  );
}
