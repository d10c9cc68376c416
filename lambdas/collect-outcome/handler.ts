import { Logger } from '@aws-lambda-powertools/logger';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';

import {
  type CollectedOutcome,
  parseCollectOutcomeInput,
  parseHandlerEnvironment,
} from '../../lib/contract/index.js';
import { collectOutcome } from './collect-outcome.js';

const environment = parseHandlerEnvironment('collect-outcome', process.env);
const logger = new Logger({
  serviceName: 'collect-outcome',
  persistentLogAttributes: { seedkit: environment.seedkit },
});
const clients = {
  codebuild: new CodeBuildClient({}),
  dynamodb: new DynamoDBClient({}),
  s3: new S3Client({}),
  sfn: new SFNClient({}),
};

/** Determines how a run ended, for the state CollectOutcome. @throws CodeseederError */
export async function handler(event: unknown): Promise<CollectedOutcome> {
  const input = parseCollectOutcomeInput(event);
  logger.appendKeys({ runId: input.runId });
  const warn = (message: string, details: Record<string, unknown>) => logger.warn(message, details);
  const outcome = await collectOutcome(input, { ...environment, ...clients, now: () => new Date(), warn });
  logger.info('Collected the outcome', { status: outcome.status, error: outcome.error });
  return outcome;
}
