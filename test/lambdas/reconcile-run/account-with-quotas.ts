import {
  BatchGetBuildsCommand,
  CodeBuildClient,
  ListBuildsForProjectCommand,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';
import {
  BatchWriteItemCommand,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  type GetItemCommandInput,
  QueryCommand,
  ScanCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandInput,
  ListExecutionsCommand,
  type ListExecutionsCommandInput,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

import { reconcileRun } from '../../../lambdas/reconcile-run/reconcile-run.js';
import type { Reconciled } from '../../../lambdas/reconcile-run/sweep.js';
import { executionArnOf, isTerminal, type RunRecord } from '../../../lib/contract/index.js';
import { createQuotas, type Quotas } from '../../../lib/local/quotas/quotas.js';
import { aRunRecord, aRunRequest } from '../../contract/builders.js';
import { SimulatedTime } from './simulated-time.js';

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:codeseeder-demo';
const START = new Date('2026-03-01T11:00:00.000Z');
const LATENCY_MS = 40;
const PAGE_SIZE = 1_000;

const clients = {
  codebuild: mockClient(CodeBuildClient),
  dynamodb: mockClient(DynamoDBClient),
  events: mockClient(EventBridgeClient),
  sfn: mockClient(SFNClient),
};
const marshalled = (record: object) => marshall(record, { removeUndefinedValues: true });

type ExecutionStatus = 'RUNNING' | 'ABORTED';

/** A simulated account with many runs. Requests take simulated time, and AWS's request rates apply. */
export class AccountWithQuotas {
  readonly time = new SimulatedTime(START);
  /** Number of requests by operation, including throttled ones. */
  readonly calls: Record<string, number> = {};
  /** Number of throttled requests by operation. */
  readonly throttled: Record<string, number> = {};
  readonly table = new Map<string, RunRecord>();
  /** Executions, newest first. */
  readonly executions = new Map<string, { status: ExecutionStatus; startDate: Date }>();
  readonly stoppedBuilds: string[] = [];
  /** Operations of which every request is throttled, because other callers use the whole rate. */
  readonly exhausted = new Set<string>();
  /** Whether every page of executions has a token for the next page. */
  hasEndlessPages = false;
  readonly #quotas: Quotas;

  constructor(region: string) {
    this.#quotas = createQuotas('aws', { region, clock: { now: () => this.time.now().getTime() } });
    for (const client of Object.values(clients)) client.reset();
    this.#answerStates();
    this.#answerData();
    this.#answerBuilds();
  }

  /** Adds runs that are building. The first was queued ten minutes ago, each further one a second earlier. */
  addRuns(count: number, status: ExecutionStatus): void {
    for (let index = 0; index < count; index += 1) {
      const startDate = new Date(START.getTime() - 600_000 - index * 1_000);
      const runId = `run-${status.toLowerCase()}-${index}`;
      const queuedAt = startDate.toISOString();
      this.executions.set(runId, { status, startDate });
      this.table.set(
        runId,
        aRunRecord({
          runId,
          status: 'BUILDING',
          executionArn: executionArnOf(MACHINE, runId),
          queuedAt,
          day: queuedAt.slice(0, 10),
          buildId: `p:${runId}`,
        }),
      );
    }
  }

  open(): RunRecord[] {
    return [...this.table.values()].filter(({ status }) => !isTerminal(status));
  }

  /** Runs `reconcile-run` as its schedule does. */
  async sweep(): Promise<Reconciled & { readonly seconds: number }> {
    const startedAt = this.time.now().getTime();
    const reconciled = await reconcileRun(
      { 'detail-type': 'Scheduled Event', detail: {} },
      {
        codebuild: new CodeBuildClient({}),
        dynamodb: new DynamoDBClient({}),
        events: new EventBridgeClient({}),
        s3: new S3Client({}),
        sfn: new SFNClient({}),
        now: this.time.now,
        sleep: this.time.sleep,
        seedkit: 'demo',
        bucket: 'bucket',
        runTable: 'runs',
        lockTable: 'locks',
        project: 'p',
        eventBus: 'bus',
        stateMachineArn: MACHINE,
        mapMachineArn: `${MACHINE}_maps`,
        recordExpirationDays: 10,
        log: { info: () => {}, warn: () => {}, error: () => {} },
      },
    );
    for (const client of Object.values(clients)) client.resetHistory();
    return { ...reconciled, seconds: (this.time.now().getTime() - startedAt) / 1_000 };
  }

  /** Returns an operation that counts each request, and responds after a latency. */
  #answer<Input, Output>(service: string, operation: string, answer: (input: Input) => Output) {
    return async (input: Input): Promise<Output> => {
      this.calls[operation] = (this.calls[operation] ?? 0) + 1;
      await this.time.sleep(LATENCY_MS);
      try {
        if (this.exhausted.has(operation)) throw new Error('exhausted');
        this.#quotas.take({ service, operation });
      } catch {
        this.throttled[operation] = (this.throttled[operation] ?? 0) + 1;
        throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
      }
      return answer(input);
    };
  }

  #answerStates(): void {
    clients.sfn.on(ListExecutionsCommand).callsFake(
      this.#answer('states', 'ListExecutions', ({ statusFilter, nextToken }: ListExecutionsCommandInput) => {
        const all = [...this.executions].filter(([, { status }]) => status === statusFilter);
        const start = Number(nextToken ?? 0);
        const end = start + PAGE_SIZE;
        const executions = all.slice(start, end).map(([name, execution]) => ({
          name,
          executionArn: executionArnOf(MACHINE, name),
          ...execution,
        }));
        return { executions, nextToken: end < all.length || this.hasEndlessPages ? String(end) : undefined };
      }),
    );
    clients.sfn.on(DescribeExecutionCommand).callsFake(
      this.#answer('states', 'DescribeExecution', ({ executionArn }: DescribeExecutionCommandInput) => ({
        ...this.executions.get(executionArn?.split(':').at(-1) ?? ''),
        stopDate: START,
        input: JSON.stringify(aRunRequest()),
      })),
    );
    clients.events
      .on(PutEventsCommand)
      .callsFake(this.#answer('events', 'PutEvents', () => ({ FailedEntryCount: 0 })));
  }

  #answerData(): void {
    clients.dynamodb.on(ScanCommand).resolves({ Items: [] });
    clients.dynamodb.on(QueryCommand).callsFake(
      this.#answer(
        'dynamodb',
        'Query',
        ({ ExpressionAttributeValues, ExclusiveStartKey }: QueryCommandInput) => {
          const day = String(unmarshall(ExpressionAttributeValues ?? {})[':day']);
          const records = [...this.table.values()].filter(
            (record) => record.day === day && record.announcedAt === undefined,
          );
          const start = Number(ExclusiveStartKey?.['index']?.N ?? 0);
          const end = start + PAGE_SIZE;
          const LastEvaluatedKey = end < records.length ? { index: { N: String(end) } } : undefined;
          return { Items: records.slice(start, end).map(marshalled), LastEvaluatedKey };
        },
      ),
    );
    clients.dynamodb.on(GetItemCommand).callsFake(
      this.#answer('dynamodb', 'GetItem', ({ Key }: GetItemCommandInput) => {
        const record = this.table.get(String(unmarshall(Key ?? {})['runId']));
        return record === undefined ? {} : { Item: marshalled(record) };
      }),
    );
    clients.dynamodb.on(BatchWriteItemCommand).resolves({});
    clients.dynamodb.on(BatchGetItemCommand).callsFake(
      this.#answer('dynamodb', 'BatchGetItem', ({ RequestItems }: BatchGetItemCommandInput) => {
        const runIds = (RequestItems?.['runs']?.Keys ?? []).map((key) => String(unmarshall(key)['runId']));
        return {
          Responses: { runs: runIds.flatMap((runId) => this.table.get(runId) ?? []).map(marshalled) },
        };
      }),
    );
    clients.dynamodb
      .on(UpdateItemCommand)
      .callsFake(
        this.#answer('dynamodb', 'UpdateItem', (input: UpdateItemCommandInput) => this.#update(input)),
      );
  }

  #update({ Key, ExpressionAttributeValues, UpdateExpression = '' }: UpdateItemCommandInput): object {
    const runId = String(unmarshall(Key ?? {})['runId']);
    const before = this.table.get(runId) ?? aRunRecord({ runId });
    if (UpdateExpression.includes('#status = :status') && isTerminal(before.status)) {
      throw new ConditionalCheckFailedException({ $metadata: {}, message: 'ended' });
    }
    const values = Object.entries(unmarshall(ExpressionAttributeValues ?? {}))
      .filter(([name]) => !name.startsWith(':active'))
      .map(([name, value]) => [name.slice(1), value] as const);
    this.table.set(runId, { ...before, ...Object.fromEntries(values) });
    return {};
  }

  #answerBuilds(): void {
    const { codebuild } = clients;
    codebuild.on(ListBuildsForProjectCommand).resolves({ ids: [] });
    codebuild.on(BatchGetBuildsCommand).callsFake(
      this.#answer('codebuild', 'BatchGetBuilds', ({ ids = [] }: { ids?: string[] }) => ({
        builds: ids.map((id) => ({ id, buildComplete: this.stoppedBuilds.includes(id) })),
      })),
    );
    codebuild.on(StopBuildCommand).callsFake(
      this.#answer('codebuild', 'StopBuild', ({ id = '' }: { id?: string }) => {
        this.stoppedBuilds.push(id);
        return {};
      }),
    );
  }
}
