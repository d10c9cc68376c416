import { Logger } from '@aws-lambda-powertools/logger';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import {
  parseHandlerEnvironment,
  parseStartBuildInput,
  type StartedBuild,
} from '../../lib/contract/index.js';
import { startBuild } from './start-build.js';

const environment = parseHandlerEnvironment('start-build', process.env);
const logger = new Logger({
  serviceName: 'start-build',
  persistentLogAttributes: { seedkit: environment.seedkit },
});
const codebuild = new CodeBuildClient({});
const dynamodb = new DynamoDBClient({});

/** Starts the build of a run, for the state StartBuild. @throws CodeseederError */
export async function handler(event: unknown): Promise<StartedBuild> {
  const input = parseStartBuildInput(event);
  logger.appendKeys({ runId: input.runId });
  const started = await startBuild(input, { ...environment, codebuild, dynamodb, now: () => new Date() });
  logger.info('Started the build', { buildId: started.buildId });
  return started;
}
