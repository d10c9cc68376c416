import { setTimeout as sleep } from 'node:timers/promises';

import { Logger } from '@aws-lambda-powertools/logger';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';

import { parseHandlerEnvironment } from '../../lib/contract/index.js';
import { reconcileRun } from './reconcile-run.js';
import type { Reconciled } from './sweep.js';

const environment = parseHandlerEnvironment('reconcile-run', process.env);
const logger = new Logger({
  serviceName: 'reconcile-run',
  persistentLogAttributes: { seedkit: environment.seedkit },
});
const clients = {
  codebuild: new CodeBuildClient({}),
  dynamodb: new DynamoDBClient({}),
  events: new EventBridgeClient({}),
  s3: new S3Client({}),
  sfn: new SFNClient({}),
};

/** Ends runs whose executions have ended. One rule calls it when an execution ends, another every five minutes. */
export async function handler(event: unknown): Promise<Reconciled> {
  const log = {
    info: (message: string, details: Record<string, unknown>) => logger.info(message, details),
    warn: (message: string, details: Record<string, unknown>) => logger.warn(message, details),
    error: (message: string, details: Record<string, unknown>) => logger.error(message, details),
  };
  return reconcileRun(event, { ...environment, ...clients, log, now: () => new Date(), sleep });
}
