import { Logger } from '@aws-lambda-powertools/logger';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';

import { parseHandlerEnvironment } from '../../lib/contract/index.js';
import { type Woken, wakeRun } from './wake-run.js';

const environment = parseHandlerEnvironment('wake-run', process.env);
const logger = new Logger({
  serviceName: 'wake-run',
  persistentLogAttributes: { seedkit: environment.seedkit },
});
const clients = {
  codebuild: new CodeBuildClient({}),
  dynamodb: new DynamoDBClient({}),
  sfn: new SFNClient({}),
  now: () => new Date(),
};
const runIds = new Map<string, string>();

/** Handles CodeBuild's events about the builds of runs, which the rules `BuildEnded` and `BuildPhaseChanged` match. */
export async function handler(event: unknown): Promise<Woken> {
  const woken = await wakeRun(event, { ...environment, ...clients, runIds });
  logger.info('Handled an event of a build', { ...woken });
  return woken;
}
