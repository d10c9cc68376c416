import { Logger } from '@aws-lambda-powertools/logger';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';

import { parseHandlerEnvironment, parsePollBuildInput } from '../../lib/contract/index.js';
import { type Look, pollBuild } from './poll-build.js';

const environment = parseHandlerEnvironment('poll-build', process.env);
const logger = new Logger({
  serviceName: 'poll-build',
  persistentLogAttributes: { seedkit: environment.seedkit },
});
/** More attempts than the SDK's default of three, because many builds share the request rate of an account. */
const maxAttempts = 6;
const clients = {
  codebuild: new CodeBuildClient({ maxAttempts }),
  dynamodb: new DynamoDBClient({ maxAttempts }),
  sfn: new SFNClient({ maxAttempts }),
};

/** Checks the build of a run for the state WaitForBuild, which waits until the task token is returned. */
export async function handler(event: unknown): Promise<{ readonly look: Look }> {
  const input = parsePollBuildInput(event);
  logger.appendKeys({ runId: input.runId, buildId: input.buildId });
  const warn = (message: string, details: Record<string, unknown>) => logger.warn(message, details);
  const look = await pollBuild(input, { ...environment, ...clients, now: () => new Date(), warn });
  logger.info('Looked at the build', { look });
  return { look };
}
