import { Logger } from '@aws-lambda-powertools/logger';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';

import { parseHandlerEnvironment } from '../../lib/contract/index.js';
import { answerStarter, type StarterAnswer } from './answer-starter.js';

const environment = parseHandlerEnvironment('start-target', process.env);
const logger = new Logger({
  serviceName: 'start-target',
  persistentLogAttributes: { seedkit: environment.seedkit },
});
const clients = {
  dynamodb: new DynamoDBClient({}),
  events: new EventBridgeClient({}),
  logs: new CloudWatchLogsClient({}),
  s3: new S3Client({}),
  sfn: new SFNClient({}),
};

/** Starts a published target, or reads a run of one. Called by schedules and by principals with the target policy. */
export async function handler(
  event: unknown,
  context: Pick<Context, 'awsRequestId'>,
): Promise<StarterAnswer> {
  const answer = await answerStarter(event, {
    ...environment,
    ...clients,
    invocationId: context.awsRequestId,
  });
  if ('refused' in answer) logger.warn('Refused the request', answer.refused);
  if ('executionArn' in answer) logger.info('Started the run of a target', { ...answer });
  return answer;
}
