import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { type DescribeExecutionOutput, SFNClient } from '@aws-sdk/client-sfn';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { RunFailedError } from '../../client/errors.js';
import { reconcileRun } from '../../lambdas/reconcile-run/reconcile-run.js';
import { executionArnOf } from '../../lib/contract/index.js';
import {
  AWS,
  dynamoDb,
  MACHINE,
  putResult,
  resetAccount,
  mockExecution,
  mockRecords,
} from '../client/mocked-account.js';
import { resetSleep } from '../client/run/simulated-sleep.js';

// Imported only now, after its timer module was replaced by a simulated one.
const { connect } = await import('../../client/connection/connection.js');
const { createRun } = await import('../../client/run/run-handle.js');

/** The end of a run as one of the three readers of its execution reports it. */
interface End {
  readonly status: unknown;
  readonly code?: unknown;
}

/** Times in the past, so that the client does not wait for `reconcile-run` to record the end. */
const TIMES = { startDate: new Date(0), stopDate: new Date(60_000) };

const EXECUTION = executionArnOf(MACHINE, 'run-1');
const aRun = () => createRun('run-1', EXECUTION, connect('demo', AWS));

async function endByOutcome(): Promise<End> {
  try {
    const { status } = await aRun().outcome();
    return { status };
  } catch (error) {
    if (!(error instanceof RunFailedError)) throw error;
    return { status: error.record.status, code: error.code };
  }
}

/** Returns the end that `reconcile-run` records. */
async function endByReconciling(): Promise<End> {
  await reconcileRun(
    {
      'detail-type': 'Step Functions Execution Status Change',
      detail: { name: 'run-1', executionArn: EXECUTION, stateMachineArn: MACHINE },
    },
    {
      codebuild: new CodeBuildClient({}),
      dynamodb: new DynamoDBClient({}),
      events: new EventBridgeClient({}),
      s3: new S3Client({}),
      sfn: new SFNClient({}),
      bucket: 'bucket',
      now: () => new Date(),
      seedkit: 'demo',
      runTable: 'codeseeder-demo-runs',
      lockTable: 'codeseeder-demo-locks',
      project: 'codeseeder-demo',
      eventBus: 'bus',
      stateMachineArn: MACHINE,
      mapMachineArn: `${MACHINE}_maps`,
      recordExpirationDays: 10,
      sleep: () => Promise.resolve(),
      log: { info: () => {}, warn: () => {}, error: () => {} },
    },
  );
  const [update] = dynamoDb.commandCalls(UpdateItemCommand);
  const values = unmarshall(update?.args[0].input.ExpressionAttributeValues ?? {});
  const failure = values[':failure'] as { readonly code: string } | undefined;
  return { status: values[':status'], ...(failure && { code: failure.code }) };
}

const succeeded = (text: string) =>
  JSON.stringify({ runId: 'run-1', status: 'SUCCEEDED', ...putResult(text), exportedVariables: {} });

const ENDS: readonly (readonly [string, () => Partial<DescribeExecutionOutput>, End])[] = [
  [
    'succeeded',
    () => ({ status: 'SUCCEEDED', output: succeeded('{"ok":true,"value":1}') }),
    { status: 'SUCCEEDED' },
  ],
  [
    'succeeded without an output',
    () => ({ status: 'SUCCEEDED' }),
    { status: 'FAILED', code: 'ControlPlaneError' },
  ],
  [
    'was canceled',
    () => ({ status: 'ABORTED', error: 'RunCanceled', cause: 'by me' }),
    { status: 'CANCELED', code: 'RunCanceled' },
  ],
  ['was stopped in the console', () => ({ status: 'ABORTED' }), { status: 'CANCELED', code: 'RunCanceled' }],
  ['timed out', () => ({ status: 'TIMED_OUT' }), { status: 'TIMED_OUT', code: 'RunTimedOut' }],
  [
    'failed with the code of a timeout',
    () => ({ status: 'FAILED', error: 'BuildTimedOut' }),
    { status: 'TIMED_OUT', code: 'BuildTimedOut' },
  ],
  [
    'failed with the code of a stop',
    () => ({ status: 'FAILED', error: 'BuildStopped' }),
    { status: 'CANCELED', code: 'BuildStopped' },
  ],
  [
    'stopped itself because another run took its lock',
    () => ({ status: 'ABORTED', error: 'LockReplaced', cause: 'by run-2' }),
    { status: 'CANCELED', code: 'LockReplaced' },
  ],
  [
    'failed with the code of a failure',
    () => ({ status: 'FAILED', error: 'CommandFailed' }),
    { status: 'FAILED', code: 'CommandFailed' },
  ],
  [
    'failed with an error of Step Functions',
    () => ({ status: 'FAILED', error: 'States.Runtime' }),
    { status: 'FAILED', code: 'ControlPlaneError' },
  ],
];

beforeEach(() => {
  resetAccount();
  mockRecords(undefined);
  dynamoDb.on(UpdateItemCommand).resolves({});
  resetSleep();
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe.each(ENDS)('An execution without a record that %s', (name, execution, end) => {
  beforeEach(() => mockExecution({ ...TIMES, ...execution() }));

  it(`\`status()\` of the client returns the end of an execution that ${name}`, async () => {
    expect(await aRun().status()).toBe(end.status);
  });

  it(`\`outcome()\` of the client returns the end of an execution that ${name}`, async () => {
    expect(await endByOutcome()).toEqual(end);
  });

  it(`\`reconcile-run\` records the end of an execution that ${name}`, async () => {
    expect(await endByReconciling()).toEqual(end);
  });
});
