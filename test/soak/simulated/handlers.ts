import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';

import { awaitLock } from '../../../lambdas/await-lock/await-lock.js';
import { collectOutcome } from '../../../lambdas/collect-outcome/collect-outcome.js';
import { pollBuild, type PollBuildDependencies } from '../../../lambdas/poll-build/poll-build.js';
import { prepareRun } from '../../../lambdas/prepare-run/prepare-run.js';
import { reconcileRun } from '../../../lambdas/reconcile-run/reconcile-run.js';
import { startBuild } from '../../../lambdas/start-build/start-build.js';
import { startRun } from '../../../lambdas/start-run/start-run.js';
import { answerStarter } from '../../../lambdas/start-target/answer-starter.js';
import { wakeRun } from '../../../lambdas/wake-run/wake-run.js';
import {
  allowListSchema,
  parseAwaitLockInput,
  parseCollectOutcomeInput,
  parsePollBuildInput,
  parsePrepareRunInput,
  parseStartBuildInput,
  type PollBuildInput,
} from '../../../lib/contract/index.js';
import { STATE_MACHINE_ARN } from './executions.js';
import type { VirtualTime } from './virtual-time.js';

/** Returns an SDK client for one process. */
export type MakeClient = <Client extends object>(
  type: { readonly prototype: Client },
  service: string,
  maxAttempts?: number,
) => Client;

export type Handler = (event: unknown, make: MakeClient) => Promise<unknown>;

const RESOURCES = {
  seedkit: 'demo',
  bucket: 'bucket',
  project: 'codeseeder-demo',
  runTable: 'codeseeder-demo-runs',
  lockTable: 'codeseeder-demo-locks',
  eventBus: 'codeseeder-demo',
  stateMachineArn: STATE_MACHINE_ARN,
  mapMachineArn: `${STATE_MACHINE_ARN}_maps`,
  recordExpirationDays: 365,
  bundleExpirationDays: 30,
  hasRegistryCredentials: false,
  hasPackages: false,
  allow: allowListSchema.parse({}),
};
const nothing = () => undefined;
/** Must be the same number as in the handler poll-build. */
const LOOK_ATTEMPTS = 6;

/** The function of `poll-build`, or a faulty one that a test uses instead. */
export type PollBuild = (input: PollBuildInput, dependencies: PollBuildDependencies) => Promise<unknown>;

export type Handlers = Readonly<Record<string, Handler>>;
/** Replaces handlers, for example by faulty ones. */
export type ReplaceHandlers = (handlers: Handlers) => Handlers;

/** Returns the handlers of a seedkit by name. They use the simulated time. */
export function createHandlers(time: VirtualTime, poll: PollBuild = pollBuild): Handlers {
  const now = () => new Date(time.now());
  const sleep = (ms: number) => time.sleep(ms);
  const runIds = new Map<string, string>();
  const storage = (make: MakeClient) => ({
    ...RESOURCES,
    now,
    dynamodb: make(DynamoDBClient, 'dynamodb'),
    s3: make(S3Client, 's3'),
  });
  return {
    'prepare-run': (event, make) =>
      prepareRun(parsePrepareRunInput(event), {
        ...storage(make),
        loginPrograms: async () => ({ node: Buffer.from('node'), python: Buffer.from('python') }),
        placeLayersProgram: async () => Buffer.from('place'),
        cacheProgram: async () => Buffer.from('cache'),
      }),
    'start-build': (event, make) =>
      startBuild(parseStartBuildInput(event), {
        ...storage(make),
        codebuild: make(CodeBuildClient, 'codebuild'),
      }),
    'await-lock': (event, make) =>
      awaitLock(parseAwaitLockInput(event), { ...storage(make), sfn: make(SFNClient, 'states') }),
    'poll-build': async (event, make) => ({
      look: await poll(parsePollBuildInput(event), {
        ...RESOURCES,
        now,
        warn: nothing,
        dynamodb: make(DynamoDBClient, 'dynamodb', LOOK_ATTEMPTS),
        codebuild: make(CodeBuildClient, 'codebuild', LOOK_ATTEMPTS),
        sfn: make(SFNClient, 'states', LOOK_ATTEMPTS),
      }),
    }),
    'collect-outcome': (event, make) =>
      collectOutcome(parseCollectOutcomeInput(event), {
        ...storage(make),
        warn: nothing,
        sfn: make(SFNClient, 'states'),
        codebuild: make(CodeBuildClient, 'codebuild'),
      }),
    'wake-run': (event, make) =>
      wakeRun(event, {
        ...storage(make),
        codebuild: make(CodeBuildClient, 'codebuild'),
        sfn: make(SFNClient, 'states'),
        runIds,
      }),
    'start-run': (event, make) =>
      startRun(event, {
        ...storage(make),
        sfn: make(SFNClient, 'states'),
        events: make(EventBridgeClient, 'events'),
        invocationId: 'invocation',
      }),
    'start-target': (event, make) =>
      answerStarter(event, {
        ...storage(make),
        sfn: make(SFNClient, 'states'),
        logs: make(CloudWatchLogsClient, 'logs'),
        events: make(EventBridgeClient, 'events'),
        invocationId: 'invocation',
      }),
    'reconcile-run': (event, make) =>
      reconcileRun(event, {
        ...storage(make),
        sleep,
        sfn: make(SFNClient, 'states'),
        codebuild: make(CodeBuildClient, 'codebuild'),
        events: make(EventBridgeClient, 'events'),
        log: { info: nothing, warn: nothing, error: nothing },
      }),
  };
}
